// Stretches of time in which an alert was in one state, or would have been: how often it fired, for how long, and when.

import { inWords } from "./durations.js"

/** Until it has recovered, an alert is not over. */
const OPEN = new Set(["firing", "recovering"])

/**
 * @param {{ labels: object, spans: { state: string, from: number, to: number }[] }[]} series
 * @returns {{ labels: object, from: number, to: number }[]} each time that somebody would have been told, newest first
 */
export function firings(series) {
  const found = series.flatMap(({ labels, spans }) => {
    const own = []
    for (const { state, from, to } of spans) {
      if (!OPEN.has(state)) continue
      const last = own.at(-1)
      if (last && last.to === from) last.to = to
      else own.push({ labels, from, to })
    }
    return own
  })
  return found.toSorted((a, b) => b.from - a.from)
}

/** "would have fired 3 times, 42 min in all" */
export function verdict(found) {
  if (!found.length) return "would not have fired"
  const seconds = found.reduce((sum, { from, to }) => sum + to - from, 0)
  const times = found.length === 1 ? "once" : found.length === 2 ? "twice" : `${found.length} times`
  return `would have fired ${times}, ${inWords(seconds)} in all`
}

/**
 * The same of what really happened.
 * @param {{ kind: string, at: string, state: string }[]} changes  the newest first
 * @param {number} now  in seconds: how it stands lasts until then
 */
export function spansOf(changes, now) {
  const states = changes.filter(({ kind }) => kind === "state").toReversed()
  const begins = states.map(({ at }) => Date.parse(at) / 1000)
  return states.map(({ state }, place) => ({ state, from: begins[place], to: begins[place + 1] ?? now }))
}
