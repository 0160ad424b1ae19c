// What the page of alerts shows, and the address that says it.

import { isActive } from "./watch.js"
import { labelsText } from "./label_text.js"

export const NOTHING = Object.freeze({ state: "", board: "", q: "" })

/** What can be asked for, and which states that is; quiet are rules of which nothing is active. */
export const SHOWN = { firing: ["firing"], waiting: ["pending", "recovering"], quiet: ["ok"] }

/** From the query of an address. */
export function readFilters(search) {
  const query = new URLSearchParams(search)
  const given = Object.fromEntries(Object.keys(NOTHING).map((name) => [name, (query.get(name) ?? "").trim()]))
  return given.state in SHOWN ? given : { ...given, state: "" }
}

/** For the address: what is as usual is left out. */
export function queryOf(filters) {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value))
  return query.size ? `?${query}` : ""
}

export const isNarrow = ({ state, board, q }) => Boolean(state || board || q)

/**
 * What of all there is a page shows, by section.
 * @param {{ alerts: object[], rules: object[] }} all
 * @param {typeof NOTHING} filters
 * @param {(slug: string) => string} titleOf  a board's
 */
export function sections({ alerts, rules }, filters, titleOf) {
  const wants = (section) => !filters.state || filters.state === section
  const fits = ({ title, board, ...more }) =>
    (!filters.board || board === filters.board) && hasWords(`${title}\n${titleOf(board)}\n${textOf(more)}`, filters.q)
  const active = alerts.filter(isActive)
  const busy = new Set(active.map(({ rule }) => rule))
  const found = active.filter(fits)
  return {
    firing: wants("firing") ? found.filter(({ state }) => SHOWN.firing.includes(state)) : [],
    waiting: wants("waiting") ? found.filter(({ state }) => SHOWN.waiting.includes(state)) : [],
    quiet: wants("quiet") ? rules.filter(({ id }) => !busy.has(id)).filter(fits) : [],
  }
}

const hasWords = (text, words) => words.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word))

const textOf = ({ labels, severity, condition }) => [labelsText(labels), severity, JSON.stringify(condition ?? "")].join("\n")
