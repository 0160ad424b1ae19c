// A length of time in a form: a number and its unit, see templates/dashboard/alerts/length.html.

import { join, split } from "./durations.js"

export function fillLength(element, seconds) {
  const { count, unit } = split(seconds ?? 0)
  element.querySelector("[data-count]").value = count
  element.querySelector("[data-unit]").value = unit
}

/** In seconds; null where the field says no number. */
export function readLength(element) {
  const seconds = join(element.querySelector("[data-count]").value, element.querySelector("[data-unit]").value)
  return Number.isFinite(seconds) ? Math.round(seconds) : null
}
