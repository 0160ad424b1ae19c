// What is usual for a value, as the server finds it: in words of the reader's own clock, and as lines of a chart.

const HOUR = 3600
const WEEK = 7 * 24 * HOUR

/**
 * "Sunday, 15:00 – 16:00, of 15 Nov and 8 Nov": the hours that say what is usual now.
 * @param {number} weeks
 * @param {number} now  in seconds
 * @param {import("./local_times.js").LocalTimes} times
 */
export function usualHours(weeks, now, times) {
  const hour = Math.floor(now / HOUR) * HOUR
  const count = Number.isInteger(weeks) ? Math.max(0, weeks) : 0
  const days = Array.from({ length: count }, (_, place) => times.day(hour - (place + 1) * WEEK))
  const listed = [days.slice(0, -1).join(", "), days.at(-1)].filter(Boolean).join(" and ")
  return `${times.hourOfWeek(hour, hour + HOUR)}${listed && `, of ${listed}`}`
}

/**
 * What is usual, and from where on a value is not, beside the values of a backtest.
 * @param {[at: number, middle: number, spread: number][]} usual
 * @param {{ deviations: number, least: number, direction: string }} condition
 */
export function usualLines(usual, { deviations, least, direction }) {
  const line = (name, sign) => {
    const points = usual.map(([at, middle, spread]) => [at, middle + sign * Math.max(deviations * spread, least)])
    return { key: name, labels: {}, name, points }
  }
  return [
    { key: "usual", labels: {}, name: "usual", points: usual.map(([at, middle]) => [at, middle]) },
    ...(direction === "below" ? [] : [line("unusual above", 1)]),
    ...(direction === "above" ? [] : [line("unusual below", -1)]),
  ]
}
