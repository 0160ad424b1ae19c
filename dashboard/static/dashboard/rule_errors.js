// What is wrong with a rule, beside the field that says it.

import { inWords } from "./durations.js"
import { KINDS } from "./rule_draft.js"

/** "definition.condition.threshold.above" -> "condition.above": which kind it is of is no part of a field's name. */
export function fieldOf(path) {
  const [, ...parts] = path.slice(path.indexOf("definition")).split(".")
  return parts.filter((part, place) => !(place === 1 && parts[0] === "condition" && KINDS.includes(part))).join(".")
}

const PLAINLY = [
  [/^Value error, /, ""],
  [/^Input should be a valid (number|integer).*/, "A number is missing here."],
  [/^String should have at least 1 character$/, "This is missing."],
]
const LIMIT = /^Input should be (greater|less) than or equal to (.*)$/

/** Pydantic's words as people would say them. A field that `isLength` says its seconds in larger units. */
export function plainly(message, isLength = false) {
  const [, way, limit] = LIMIT.exec(message) ?? []
  if (way) return `${way === "greater" ? "At least" : "At most"} ${isLength ? inWords(Number(limit)) : limit}.`
  return PLAINLY.reduce((text, [pattern, words]) => text.replace(pattern, words), message)
}

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
    return entries.filter(([path, text], number) => !this.#place(fieldOf(path), text, number)).map(([, text]) => plainly(text))
  }

  focus() {
    this.#form.querySelector("[aria-invalid]")?.focus()
  }

  #place(name, text, number) {
    const place = this.#find(name)
    if (!place) return false
    const said = Object.assign(document.createElement("p"), { className: "error", textContent: plainly(text, place.querySelector(".length") !== null), id: `rule-error-${number}` })
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
