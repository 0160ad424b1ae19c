// Numbers as a person reads them: three digits that matter, and the unit.

const SI = ["", "k", "M", "G", "T", "P"]
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
const DURATIONS = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]
const SECONDS = { s: 1, seconds: 1, ms: 1e-3, milliseconds: 1e-3, us: 1e-6, "µs": 1e-6 }
const BYTES = new Set(["b", "bytes"])
const PERCENT = new Set(["%", "percent"])

/** What stands for a number that is not there. */
export const NOTHING = "–"

/**
 * A value with its unit: "12.3 MiB/s", "4.56 ms", "98 %".
 * @param {number | null} value
 * @param {string} [unit]  "bytes", "s", "ms", "%", "ratio", each also with "/s"; any other is said as it is
 */
export function format(value, unit = "") {
  if (value === null || !Number.isFinite(value)) return NOTHING
  const { divisor, suffix } = scaleOf(Math.abs(value), unit)
  const number = digits(value / divisor)
  return suffix ? `${number} ${suffix}` : number
}

/** Whether a unit goes in powers of two. */
export const isBinary = (unit = "") => BYTES.has(unit.replace(/\/s$/, "").toLowerCase())

/** The marks of an axis, all on one scale and with as many digits as tell them apart. */
export function formatMarks(values, unit = "") {
  const known = values.filter((value) => value !== null)
  const largest = Math.max(...known.map(Math.abs), 0)
  const { divisor, suffix } = scaleOf(largest, unit)
  const step = known.length > 1 ? Math.abs(known[1] - known[0]) / divisor : largest / divisor
  const decimals = step > 0 ? Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 0
  const places = [0, 1, 2, 3].find((more) => isWhole(step * 10 ** (decimals + more))) ?? 0
  const glue = suffix && !SI.includes(suffix) ? " " : ""
  return values.map((value) => value === null ? "" : (value / divisor).toFixed(decimals + places) + glue + suffix)
}

const isWhole = (number) => Math.abs(number - Math.round(number)) < 1e-6

function scaleOf(size, unit) {
  const [, base, rate] = /^(.*?)(\/s)?$/.exec(unit)
  const kind = base.toLowerCase()
  if (BYTES.has(kind)) return withRate(stepped(size, 1024, BINARY), rate)
  if (PERCENT.has(kind)) return { divisor: 1, suffix: "%" }
  if (kind === "ratio") return { divisor: 0.01, suffix: "%" }
  if (kind in SECONDS) return withRate(duration(size, SECONDS[kind]), rate)
  const { divisor, suffix } = stepped(size, 1000, SI)
  return { divisor, suffix: [suffix, unit].filter(Boolean).join(" ") }
}

const withRate = ({ divisor, suffix }, rate = "") => ({ divisor, suffix: suffix + rate })

function stepped(size, base, names) {
  const power = size >= base ? Math.min(names.length - 1, Math.floor(Math.log(size) / Math.log(base) + 1e-9)) : 0
  return { divisor: base ** power, suffix: names[power] }
}

function duration(size, inSeconds) {
  const seconds = size * inSeconds
  if (seconds === 0) return { divisor: 1, suffix: "s" }
  const [length, suffix] = DURATIONS.find(([least]) => seconds >= least) ?? DURATIONS.at(-1)
  return { divisor: length / inSeconds, suffix }
}

function digits(number) {
  const size = Math.abs(number)
  if (size === 0) return "0"
  if (size >= 100 || Number.isInteger(number)) return String(Math.round(number))
  if (size >= 10) return number.toFixed(1)
  if (size >= 0.01) return number.toFixed(2)
  return number.toPrecision(2)
}
