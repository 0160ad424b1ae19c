// The fields of one query, and the query they say.

import { labelsText } from "./label_text.js"

const field = (element, name) => element.querySelector(`[data-field=${name}]`)
const words = (text) => text.split(",").map((word) => word.trim()).filter(Boolean)

export function fillQuery(element, query) {
  field(element, "metric").value = query.metric ?? ""
  field(element, "fn").value = query.fn ?? "avg"
  field(element, "where").value = labelsText(query.where)
  field(element, "by").value = (query.by ?? []).join(", ")
  field(element, "legend").value = query.legend ?? ""
  const other = query.ratio_to
  field(element, "ratio-metric").value = other?.metric ?? ""
  field(element, "ratio-fn").value = other?.fn ?? query.fn ?? "avg"
  field(element, "ratio-where").value = labelsText(other?.where)
  element.querySelector("details").open = Boolean(other)
}

/** @throws {Error} for labels that cannot be read */
export function readQuery(element, labelsOf) {
  const value = (name) => field(element, name).value.trim()
  const by = words(value("by"))
  const query = { metric: value("metric"), where: labelsOf(value("where")), fn: value("fn"), by, legend: value("legend") }
  if (!value("ratio-metric")) return query
  const other = { metric: value("ratio-metric"), where: labelsOf(value("ratio-where")), fn: value("ratio-fn"), by, legend: "" }
  return { ...query, ratio_to: other }
}
