// What a rule does, in a sentence that a newcomer understands.

import { inWords } from "./durations.js"
import { labelsText } from "./label_text.js"
import { format } from "./units.js"

const FUNCTIONS = {
  avg: "average of", sum: "sum of", min: "lowest value of", max: "highest value of", last: "last value of",
  count: "number of samples of", rate: "rate a second of", increase: "increase of", moving_avg: "moving average of",
  sessions: "open sessions of",
  p50: "median of", p90: "90th percentile of", p95: "95th percentile of", p99: "99th percentile of",
}
/** These make something else of a number than what it is. */
const PER_SECOND = "rate"
const MOVING = "moving_avg"
const COUNTER = "counter"
const UNITLESS = ["count", "sessions"]
const PERCENT = "percent"
const BACK = "ink-muted"

/** @typedef {Record<string, { kind: string, unit: string }>} Metrics  what is known of each, by its name */

/**
 * The unit of what a rule looks at, the same as dashboard/units.py has it.
 * @param {object} condition
 * @param {Metrics} metrics
 */
export function unitOf(condition, metrics) {
  if (condition.kind === "composite") return ""
  if (condition.percent) return PERCENT
  const { metric, fn, ratio_to: other } = condition.query
  const known = metrics[metric]
  const own = known?.unit ?? ""
  if (other) return own === (metrics[other.metric]?.unit ?? "") ? "ratio" : ""
  if (!known || UNITLESS.includes(fn)) return ""
  const isRate = fn === PER_SECOND || (fn === MOVING && known.kind === COUNTER)
  return isRate ? `${own}/s` : own
}

/**
 * "Fires when the average of host_cpu_percent over 1 min is above 90 % for 5 min, for each host."
 * @param {object} rule
 * @param {{ metrics: Metrics, ruleTitle: (id: number) => string }} about
 */
export function sentence(rule, about) {
  return pieces(rule, about).map((piece) => piece.title ?? piece).join("")
}

/** The same, with a link to each rule that it names. */
export function fillSentence(element, rule, about) {
  if (element.textContent === sentence(rule, about)) return
  element.replaceChildren(...pieces(rule, about).map((piece) => (piece.title ? link(piece) : piece)))
}

const link = ({ id, title }) => Object.assign(document.createElement("a"), { href: `/dashboard/alerts/rules/${id}/`, textContent: title })

/** Texts, and between them the rules that are named: { id, title }. */
function pieces(rule, about) {
  const lasting = rule.for ? `, for ${inWords(rule.for)} at least` : ""
  const each = rule.group_by?.length ? `, for each ${rule.group_by.join(" and ")}` : ""
  const { condition } = rule
  const conditions = condition.kind === "composite" ? together(condition, about) : [when(condition, about)]
  return ["Fires when ", ...conditions, `${lasting}${each}.`]
}

function when(condition, about) {
  const what = asked(condition.query)
  if (condition.kind === "no_data") return `nothing has come in of ${condition.query.metric || "a metric"}${whereOf(condition.query)} for ${inWords(condition.over)}`
  const over = `the ${what} over ${inWords(condition.over)}`
  const value = (number) => number === null || number === undefined || Number.isNaN(number) ? "…" : format(number, unitOf(condition, about.metrics))
  if (condition.kind === "anomaly") {
    const way = { both: "away from", above: "above", below: "below" }[condition.direction]
    return `${over} is more than ${condition.deviations} deviations ${way} what is usual at that hour`
  }
  const isAbove = condition.below === null || condition.below === undefined
  if (condition.kind === "change") {
    return `${over} ${isAbove ? "rises" : "falls"} by more than ${value(isAbove ? condition.above : -condition.below)} within ${inWords(condition.window)}`
  }
  return `${over} is ${isAbove ? "above" : "below"} ${value(isAbove ? condition.above : condition.below)}`
}

function asked({ metric, fn, ratio_to: other, ...query }) {
  const text = `${FUNCTIONS[fn] ?? fn} ${metric || "a metric"}${whereOf(query)}`
  return other ? `${text}, divided by the ${asked(other)},` : text
}

const whereOf = ({ where }) => Object.keys(where ?? {}).length ? ` (${labelsText(where)})` : ""

function together({ all = [], any = [], none = [] }, { ruleTitle }) {
  const named = (ids, word) => ids.flatMap((id, place) => [place ? `” ${word} “` : "“", { id, title: ruleTitle(id) }]).concat("”")
  const parts = []
  if (all.length) parts.push([...named(all, "and"), all.length > 1 ? " fire together" : " fires"])
  if (any.length) parts.push([any.length > 1 ? "one of " : "", ...named(any, "or"), " fires"])
  if (none.length) parts.push([...named(none, "and"), none.length > 1 ? " do not" : " does not"])
  return parts.length ? parts.flatMap((part, place) => (place ? [" and ", ...part] : part)) : ["other rules do"]
}

/**
 * The limits of a condition, as a chart draws them: where it is over is said on the other side, for they are often close.
 * @param {object} condition
 * @param {string} unit  of its values
 * @param {{ isAlways?: boolean }} [options]
 */
export function marksOf(condition, unit, { isAlways = false } = {}) {
  if (condition.kind !== "threshold" && condition.kind !== "change") return []
  const mark = (value, colour, words) => Number.isFinite(value) ? [{ value, colour, words: `${words} ${format(value, unit)}`, isAlways, isLeft: colour === BACK }] : []
  const { above = null, below = null, recover = null } = condition
  return [
    ...mark(above ?? NaN, "danger", "above"), ...mark(below ?? NaN, "danger", "below"), ...mark(recover ?? NaN, BACK, "recovers at"),
  ]
}
