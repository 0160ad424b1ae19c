// In a combination, what each of the other rules has to do.

const PARTS = { all: "fire", any: "fire, or another of these", none: "not fire" }

export class RuleParts {
  #body
  #root
  #rules

  /** @param {HTMLElement} root @param {object[]} rules  those that can be part of it */
  constructor(root, rules) {
    this.#root = root
    this.#body = root.querySelector("tbody")
    this.#rules = rules
    this.#body.append(...rules.map((rule) => this.#row(rule)))
    root.querySelector("[data-no-rules]").hidden = rules.length > 0
    root.querySelector("table").hidden = rules.length === 0
  }

  fill(condition) {
    for (const choice of this.#body.querySelectorAll("select")) {
      choice.value = Object.keys(PARTS).find((part) => condition[part]?.includes(Number(choice.dataset.rule))) ?? ""
    }
  }

  /** -> { all, any, none } with the ids of rules */
  read() {
    const chosen = (part) => [...this.#body.querySelectorAll("select")].filter(({ value }) => value === part).map(({ dataset }) => Number(dataset.rule))
    return Object.fromEntries(Object.keys(PARTS).map((part) => [part, chosen(part)]))
  }

  #row({ id, title }) {
    const row = document.createElement("tr")
    const name = row.appendChild(document.createElement("th"))
    Object.assign(name, { scope: "row", textContent: title, id: `part-${id}` })
    const choice = row.appendChild(document.createElement("td")).appendChild(document.createElement("select"))
    choice.className = "input"
    choice.dataset.rule = id
    choice.setAttribute("aria-labelledby", name.id)
    choice.append(...[["", "– (plays no part)"], ...Object.entries(PARTS)].map(([value, textContent]) =>
      Object.assign(document.createElement("option"), { value, textContent })))
    return row
  }
}
