// Whether a value is as it should be.

const STATES = ["ok", "warn", "critical"]

/** What a state is called, for those who do not see its colour. */
export const STATE_NAMES = { ok: "OK", warn: "Warning", critical: "Critical", unknown: "No data" }

/**
 * @param {number | null} value
 * @param {{ value: number, state: string }[]} [thresholds]  from each value on, its state
 * @returns {"ok" | "warn" | "critical" | "unknown"}
 */
export function stateOf(value, thresholds = []) {
  if (value === null || value === undefined) return "unknown"
  const passed = thresholds.filter((threshold) => value >= threshold.value).toSorted((a, b) => a.value - b.value)
  const state = passed.at(-1)?.state ?? "ok"
  return STATES.includes(state) ? state : "ok"
}
