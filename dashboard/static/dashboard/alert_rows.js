// Fills the rows of the page of alerts and of a board's strip: empty ones are in templates/dashboard/alerts/.

import { icon } from "../notifications/row.js"
import { inWords } from "./durations.js"
import { labelsText } from "./label_text.js"
import { fillSentence, unitOf } from "./rule_words.js"
import { format } from "./units.js"

export const STATE_NAMES = { firing: "Firing", pending: "Pending", recovering: "Recovering", ok: "Quiet" }
export const SEVERITY_NAMES = { critical: "Critical", warning: "Warning", info: "Info" }
const SEVERITY_ICONS = { critical: "octagon", warning: "warning", info: "info" }
const ICONS = { pending: "clock", recovering: "refresh", ok: "check", off: "mute", watched: "bell", acknowledged: "user", unacknowledged: "leave", silenced: "mute", unsilenced: "bell" }
/** So much of a board is shown before something that happened, and after it, in seconds. */
const AROUND = [900, 300]
const MINUTE = 60

/**
 * @typedef {object} About   what a row needs to know besides what it shows
 * @property {import("../project/times.js").Times} times
 * @property {() => number} now  the server's time, in seconds
 * @property {import("./watch.js").Watch} watch
 * @property {import("./rule_words.js").Metrics} metrics
 * @property {(slug: string) => string} boardTitle
 * @property {(id: number) => string} ruleTitle
 */

/** Where a board shows what happened then. */
export function boardAt(slug, at, until = at) {
  return `/dashboard/${slug}/?from=${Math.floor(at - AROUND[0])}&to=${Math.ceil(until + AROUND[1])}`
}

export const ruleAddress = (id) => `/dashboard/alerts/rules/${id}/`
export const alertAddress = (id) => `/dashboard/alerts/?alert=${id}`
export const named = ({ title, labels }) => [title, ...Object.values(labels)].join(", ")

/** When it began to be what it is: an alert that recovers still fires for those who were told. */
export const beganAt = ({ state, since, fired_at: fired }) => (state === "pending" ? since : fired ?? since)

export function fillText(element, text) {
  element.hidden = !text
  if (element.textContent !== text) element.textContent = text
}

export const valueText = ({ value, rule }, { watch, metrics }) => {
  const { condition } = watch.rule(rule) ?? {}
  return value === null ? "" : format(value, condition ? unitOf(condition, metrics) : "")
}

/** How bad it is while it fires, and how it stands otherwise: a sign, never a colour alone. */
export function fillMark(element, state, severity) {
  const name = state === "firing" ? SEVERITY_ICONS[severity] : ICONS[state]
  if (element.dataset.shows === name) return
  element.dataset.shows = name
  element.replaceChildren(icon(name))
}

export function fillLabels(list, labels) {
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  list.hidden = !words.length
  if (list.dataset.shows === words.join()) return
  list.dataset.shows = words.join()
  list.replaceChildren(...words.map((word) => Object.assign(document.createElement("li"), { className: "label-chip", textContent: word })))
}

/** "14:03", and the day where that is another one. */
export function momentText(iso, { times, now }) {
  const clock = times.clock(iso)
  if (times.dayOf(iso) === times.dayOf(now() * 1000)) return clock
  const day = times.dayName(iso, now() * 1000)
  return `${day === "Yesterday" ? "yesterday" : day}, ${clock}`
}

/** How long it has been going on: whole minutes once it is one, so that it does not count seconds at anybody. */
export const age = (iso, { now }) => {
  const passed = now() - Date.parse(iso) / 1000
  return inWords(passed < MINUTE ? passed : Math.floor(passed / MINUTE) * MINUTE)
}

function fillTime(element, iso, about) {
  const text = `${momentText(iso, about)}, for ${age(iso, about)}`
  element.setAttribute("datetime", iso)
  element.title = about.times.full(iso)
  if (element.textContent !== text) element.textContent = text
}

/** @param {HTMLElement} row @param {object} alert @param {About} about */
export function fillAlert(row, alert, about) {
  const { id, state, severity, board, silenced, acknowledged_by: by, acknowledged_at: at } = alert
  Object.assign(row.dataset, { alert: id, rule: alert.rule, state, severity })
  row.classList.toggle("is-silenced", silenced)
  const part = (name) => row.querySelector(name)
  fillMark(part(".alert-mark"), state, severity)
  part(".alert-link").textContent = alert.title
  part(".alert-link").href = alertAddress(id)
  fillLabels(part(".alert-labels"), alert.labels)
  part(".alert-state").textContent = STATE_NAMES[state]
  part(".alert-severity").textContent = SEVERITY_NAMES[severity]
  fillTime(part(".alert-since > time"), beganAt(alert), about)
  part(".alert-board").textContent = about.boardTitle(board)
  part(".alert-board").href = boardAt(board, Date.parse(beganAt(alert)) / 1000, about.now())
  part(".alert-silenced").hidden = !silenced
  part(".alert-taken").hidden = !by
  if (by) part(".alert-taken > span").textContent = `${by.name} takes care of it, since ${momentText(at, about)}`
  fillText(part(".alert-why"), alert.why)
  fillText(part(".alert-value > b"), valueText(alert, about))
  part("[data-do=acknowledge]").hidden = Boolean(by) || state === "pending"
  part("[data-do=talk]").hidden = !alert.message_url
  if (alert.message_url) part("[data-do=talk]").href = alert.message_url
  part("[data-do=rule]").href = ruleAddress(alert.rule)
  const words = { acknowledge: "Acknowledge", silence: "Silence", history: "What happened:", talk: "What is said about", rule: "The rule of" }
  for (const [name, text] of Object.entries(words)) part(`[data-do=${name}]`).setAttribute("aria-label", `${text} ${named(alert)}`)
}

/** A rule of which nothing is active. */
export function fillRule(row, rule, about) {
  const { id, title, severity, board, enabled } = rule
  const state = enabled ? "ok" : "off"
  Object.assign(row.dataset, { rule: id, state, severity })
  row.classList.toggle("is-off", !enabled)
  const part = (name) => row.querySelector(name)
  fillMark(part(".alert-mark"), state, severity)
  part(".alert-link").textContent = title
  part(".alert-link").href = ruleAddress(id)
  fillSentence(part(".rule-words"), rule, about)
  part(".alert-state").textContent = enabled ? STATE_NAMES.ok : "Off"
  part(".alert-severity").textContent = SEVERITY_NAMES[severity]
  part(".alert-board").textContent = about.boardTitle(board)
  part(".alert-board").href = `/dashboard/${board}/`
  fillText(part(".rule-error"), rule.error)
  const words = { silence: "Silence", history: "What happened:", rule: "Edit" }
  for (const [name, text] of Object.entries(words)) part(`[data-do=${name}]`).setAttribute("aria-label", `${text} ${title}`)
  part("[data-do=rule]").href = ruleAddress(id)
}

/** @param {HTMLElement} row @param {object} silence @param {About} about */
export function fillSilence(row, silence, about) {
  row.dataset.silence = silence.id
  const part = (name) => row.querySelector(name)
  const title = silence.rule === null ? "Every alert with these labels" : about.ruleTitle(silence.rule)
  part(".alert-title").textContent = title
  fillLabels(part(".alert-labels"), silence.labels)
  fillText(part(".silence-comment"), silence.comment)
  part(".silence-end").textContent = `Until ${momentText(silence.until, about)}`
  part(".silence-end").title = about.times.full(silence.until)
  fillText(part(".silence-author"), silence.author?.name ?? "")
  part("[data-do=end]").setAttribute("aria-label", `End the silence of ${[title, labelsText(silence.labels)].filter(Boolean).join(", ")}`)
}
