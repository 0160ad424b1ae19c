// Lengths of time, as people say them and as two fields of a form hold them.

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** The units of a field, from the longest. */
export const UNITS = [
  { name: "d", seconds: DAY, title: "days" },
  { name: "h", seconds: HOUR, title: "hours" },
  { name: "min", seconds: MINUTE, title: "minutes" },
  { name: "s", seconds: 1, title: "seconds" },
]

/** "42 min", "1 h 5 min", "3 d 2 h": two units at most, and nothing finer than matters. */
export function inWords(seconds) {
  const whole = Math.max(0, Math.round(seconds))
  const first = UNITS.findIndex((unit) => whole >= unit.seconds)
  if (first < 0) return "0 s"
  const { name, seconds: size } = UNITS[first]
  const count = Math.floor(whole / size)
  const next = UNITS[first + 1]
  const rest = next ? Math.floor((whole - count * size) / next.seconds) : 0
  return rest ? `${count} ${name} ${rest} ${next.name}` : `${count} ${name}`
}

/** How a field shows so many seconds: in the largest unit that divides them. */
export function split(seconds) {
  const unit = UNITS.find((one) => seconds > 0 && seconds % one.seconds === 0) ?? UNITS[seconds === 0 ? 2 : 3]
  return { count: seconds / unit.seconds, unit: unit.name }
}

/** What such a field says, in seconds; NaN for what is no number. */
export function join(count, unit) {
  const seconds = UNITS.find(({ name }) => name === unit)?.seconds
  return String(count).trim() === "" ? NaN : Number(count) * seconds
}
