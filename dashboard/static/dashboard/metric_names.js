// The names of what is measured, offered where a metric is typed.

import { readMetrics } from "./api.js"

let metrics = null

/** Fills the page's `metric-names` once. -> what is measured; an empty list where it cannot be read now */
export async function listMetrics() {
  metrics ??= await readMetrics().catch(() => null)
  document.getElementById("metric-names").replaceChildren(...(metrics ?? []).map(({ name, help }) => {
    const option = document.createElement("option")
    option.value = name
    option.label = help ?? ""
    return option
  }))
  return metrics ?? []
}
