// Whether a value is as it should be, and what it is measured against.

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

const WHOLE = { "%": 100, percent: 100, ratio: 1 }

/**
 * Where a dial begins and ends. Where nobody has said the end and its unit has none, that is the highest value shown.
 * @param {{ min?: number, max?: number, unit?: string }} panel
 * @param {number} [highest]
 */
export function dialOf({ min: low = 0, max, unit }, highest = low) {
  const known = max ?? WHOLE[unit]
  return { low, high: known ?? highest, isKnown: known !== undefined }
}
