// What is wrong with a rule, beside the field that says it.

import { KINDS } from "./rule_draft.js"

/** "definition.condition.threshold.above" -> "condition.above": which kind it is of is no part of a field's name. */
export function fieldOf(path) {
  const [, ...parts] = path.slice(path.indexOf("definition")).split(".")
  return parts.filter((part, place) => !(place === 1 && parts[0] === "condition" && KINDS.includes(part))).join(".")
}

/** Pydantic's words for what a person has left out. */
export const plainly = (message) => message.replace(/^Value error, /, "").replace(/^Input should be a valid (number|integer).*/, "A number is missing here.").replace(/^String should have at least 1 character$/, "This is missing.")

export class RuleErrors {
  #form

  constructor(form) {
    this.#form = form
  }

  clear() {
    for (const said of this.#form.querySelectorAll("[data-said]")) said.remove()
    for (const field of this.#form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid")
      if (field.dataset.described) field.setAttribute("aria-describedby", field.dataset.described)
      else field.removeAttribute("aria-describedby")
    }
  }

  /** Shows each where it belongs. @returns {string[]} what belongs nowhere */
  show({ fields = {}, message }) {
    this.clear()
    const entries = Object.entries(fields)
    if (!entries.length) return [message]
    return entries.filter(([path, text], number) => !this.#place(fieldOf(path), plainly(text), number)).map(([, text]) => plainly(text))
  }

  focus() {
    this.#form.querySelector("[aria-invalid]")?.focus()
  }

  #place(name, text, number) {
    const place = this.#find(name)
    if (!place) return false
    const said = Object.assign(document.createElement("p"), { className: "error", textContent: text, id: `rule-error-${number}` })
    said.dataset.said = ""
    place.append(said)
    place.closest("details")?.setAttribute("open", "")
    const field = place.querySelector(`[data-field="${name.split(".").at(-1)}"]`) ?? place.querySelector("input:not([hidden]), select, textarea")
    if (!field) return true
    field.dataset.described = field.getAttribute("aria-describedby") ?? ""
    field.setAttribute("aria-invalid", "true")
    field.setAttribute("aria-describedby", [field.dataset.described, said.id].filter(Boolean).join(" "))
    return true
  }

  /** The field with this name, else one that it is part of. */
  #find(name) {
    for (let parts = name.split("."); parts.length; parts = parts.slice(0, -1)) {
      const found = [...this.#form.querySelectorAll(`[data-error~="${parts.join(".")}"]`)].find((element) => !element.hidden)
      if (found) return found
    }
    return null
  }
}
