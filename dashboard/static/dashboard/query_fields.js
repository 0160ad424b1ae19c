// The fields of one query, and the query they say.

import { labelsText } from "./label_text.js"

const field = (element, name) => element.querySelector(`[data-field=${name}]`)
const LOOKING_BACK = ["moving_avg", "sessions"]
/** Seconds, as the server has it. */
const USUAL_WINDOW = 60
const USUAL = { gauge: "avg", counter: "rate", histogram: "p95" }
const words = (text) => text.split(",").map((word) => word.trim()).filter(Boolean)

export function fillQuery(element, query) {
  field(element, "metric").value = query.metric ?? ""
  field(element, "fn").value = query.fn ?? "avg"
  field(element, "where").value = labelsText(query.where)
  field(element, "by").value = (query.by ?? []).join(", ")
  field(element, "legend").value = query.legend ?? ""
  field(element, "window").value = query.window ?? USUAL_WINDOW
  const other = query.ratio_to
  field(element, "ratio-metric").value = other?.metric ?? ""
  field(element, "ratio-fn").value = other?.fn ?? query.fn ?? "avg"
  field(element, "ratio-where").value = labelsText(other?.where)
  element.querySelector("details").open = Boolean(other)
  if (query.metric) element.dataset.settled = ""
  else delete element.dataset.settled
  fitQuery(element)
}

/** Only what looks back has a length. */
export function fitQuery(element) {
  const looksBack = ["fn", "ratio-fn"].some((name) => LOOKING_BACK.includes(field(element, name).value))
  field(element, "window").closest("label").hidden = !looksBack
}

/** A metric that is chosen is looked at as its kind usually is, until somebody says how: the average of a counter says little. */
export function suitQuery(element, changed, kindOf) {
  const fn = field(element, "fn")
  if (changed === fn) element.dataset.settled = ""
  const isOpen = changed === field(element, "metric") && element.dataset.settled === undefined
  if (isOpen) fn.value = USUAL[kindOf(changed.value.trim())] ?? fn.value
}

/** Why a panel that is right draws nothing; "" where there is no reason. */
export function unsuited({ type, queries }, kindOf) {
  const other = type === "heatmap" && queries.find(({ metric }) => !["histogram", undefined].includes(kindOf(metric)))
  return other ? `A heatmap shows histograms; ${other.metric} is a ${kindOf(other.metric)}.` : ""
}

/** @throws {Error} for labels that cannot be read */
export function readQuery(element, labelsOf) {
  const value = (name) => field(element, name).value.trim()
  const by = words(value("by"))
  const withWindow = (part) => LOOKING_BACK.includes(part.fn) ? { ...part, window: Number(value("window")) || USUAL_WINDOW } : part
  const query = withWindow({ metric: value("metric"), where: labelsOf(value("where")), fn: value("fn"), by, legend: value("legend") })
  if (!value("ratio-metric")) return query
  const other = withWindow({ metric: value("ratio-metric"), where: labelsOf(value("ratio-where")), fn: value("ratio-fn"), by, legend: "" })
  return { ...query, ratio_to: other }
}
