// The names under a chart: each hides its series, or shows it alone, and says its value under the crosshair.

import { format } from "./units.js"

export class Legend {
  #choice
  #items = new Map()
  #list

  /**
   * @param {HTMLElement} list
   * @param {import("./choice.js").Choice} choice
   * @param {{ toggled: (key: string) => void, isolated: (key: string) => void }} told
   */
  constructor(list, choice, told) {
    this.#list = list
    this.#choice = choice
    list.addEventListener("click", ({ target }) => {
      const key = target.closest("li")?.dataset.key
      if (target.closest(".legend-swatch")) told.toggled(key)
      else if (target.closest(".legend-name")) told.isolated(key)
    })
  }

  /** @param {object[]} series  in order @param {(one: object) => number | null} valueOf */
  draw(series, valueOf, unit) {
    const keys = new Set(series.map(({ key }) => key))
    for (const [key, item] of this.#items) if (!keys.has(key)) this.#remove(key, item)
    series.forEach((one, place) => {
      const item = this.#items.get(one.key) ?? this.#add(one)
      if (this.#list.children[place] !== item.element) this.#list.insertBefore(item.element, this.#list.children[place] ?? null)
      const isHidden = this.#choice.isHidden(one.key)
      if (item.colour !== one.colour) item.swatch.style.setProperty("--colour", (item.colour = one.colour))
      if (item.isHidden !== isHidden) {
        item.isHidden = isHidden
        item.element.classList.toggle("is-hidden", isHidden)
        item.swatch.setAttribute("aria-pressed", String(!isHidden))
      }
      item.value.textContent = isHidden ? "" : format(valueOf(one), unit)
    })
  }

  #add({ key, name }) {
    const element = document.createElement("li")
    element.dataset.key = key
    const button = (className, title) => {
      const made = element.appendChild(document.createElement("button"))
      Object.assign(made, { type: "button", className, title })
      return made
    }
    const swatch = button("legend-swatch", "Show or hide")
    swatch.setAttribute("aria-label", `Show ${name}`)
    button("legend-name", `${name}: show only this, or all again`).textContent = name
    const value = element.appendChild(document.createElement("span"))
    value.className = "legend-value"
    const item = { element, swatch, value, isHidden: null, colour: null }
    this.#items.set(key, item)
    return item
  }

  #remove(key, item) {
    item.element.remove()
    this.#items.delete(key)
  }
}
