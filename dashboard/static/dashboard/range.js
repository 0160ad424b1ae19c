// Which stretch of time a board shows: the last so many seconds and going on, or one that stands still.

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const YEAR = 365 * DAY

/**
 * So many windows are asked for at least, however narrow a chart is: the usual range is shown second by second, though clocks
 * differ by a minute, and a day minute by minute.
 */
export const FINE = 1500

/** The shortest and the longest that can be shown, in seconds. */
export const SHORTEST = 10
export const LONGEST = 5 * YEAR

export const PRESETS = [
  { span: MINUTE, code: "1m", name: "1 minute" },
  { span: 5 * MINUTE, code: "5m", name: "5 minutes" },
  { span: 15 * MINUTE, code: "15m", name: "15 minutes" },
  { span: HOUR, code: "1h", name: "1 hour" },
  { span: 6 * HOUR, code: "6h", name: "6 hours" },
  { span: DAY, code: "24h", name: "24 hours" },
  { span: 7 * DAY, code: "7d", name: "7 days" },
  { span: 30 * DAY, code: "30d", name: "30 days" },
  { span: 90 * DAY, code: "90d", name: "90 days" },
  { span: YEAR, code: "1y", name: "1 year" },
  { span: 5 * YEAR, code: "5y", name: "5 years" },
]
const USUAL = PRESETS[2].span
const SECONDS = { s: 1, m: MINUTE, h: HOUR, d: DAY, y: YEAR }

/** @typedef {{ span: number } | { from: number, to: number }} Range  all in seconds */

export const isLive = (range) => "span" in range
export const spanOf = (range) => isLive(range) ? range.span : range.to - range.from

/** @returns {{ from: number, to: number }} what is shown where `now` is the newest moment that can be */
export const windowOf = (range, now) => isLive(range) ? { from: now - range.span, to: now } : { from: range.from, to: range.to }

/** What an address asks for; what it cannot mean is the usual. */
export function readRange(search) {
  const query = new URLSearchParams(search)
  const [from, to] = [Number(query.get("from")), Number(query.get("to"))]
  if (from > 0 && to - from >= SHORTEST && to - from <= LONGEST) return { from, to }
  const [, count, letter] = /^(\d{1,5})([smhdy])$/.exec(query.get("last") ?? "") ?? []
  return { span: count ? clamp(count * SECONDS[letter]) : USUAL }
}

/** The same as an address says it. */
export function queryOf(range) {
  if (!isLive(range)) return `?from=${Math.floor(range.from)}&to=${Math.ceil(range.to)}`
  return range.span === USUAL ? "" : `?last=${codeOf(range.span)}`
}

function codeOf(span) {
  return PRESETS.find((preset) => preset.span === span)?.code ?? `${Math.round(span)}s`
}

/** One stretch, never shorter than can be shown, and never past `now`. */
export function zoom(from, to, now) {
  const span = clamp(Math.ceil(to) - Math.floor(from))
  const end = Math.min(Math.ceil(now), Math.max(Math.ceil(to), Math.floor(from) + span))
  return { from: end - span, to: end }
}

/** Twice as much around the same middle; live again where that reaches the present. */
export function zoomOut(range, now) {
  const span = clamp(spanOf(range) * 2)
  if (isLive(range)) return { span }
  const middle = (range.from + range.to) / 2
  return middle + span / 2 >= now ? { span: nearest(span) } : zoom(middle - span / 2, middle + span / 2, now)
}

/** Half a window earlier or later; live again where that reaches the present. */
export function shift(range, direction, now) {
  const { from, to } = windowOf(range, now)
  const by = (direction * (to - from)) / 2
  if (direction > 0 && (isLive(range) || to + by >= now)) return { span: nearest(to - from) }
  return zoom(from + by, to + by, now)
}

/** About as much as a range shows, of the present. */
export const goOn = (range) => ({ span: nearest(spanOf(range)) })

/** The preset that is closest, so that what goes on by itself has a name. */
function nearest(span) {
  const distance = (preset) => Math.abs(Math.log(preset.span / span))
  return PRESETS.reduce((best, preset) => distance(preset) < distance(best) ? preset : best).span
}

const clamp = (span) => Math.min(LONGEST, Math.max(SHORTEST, span))
