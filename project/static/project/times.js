// Times as the reader's own clock and calendar say them: those of the browser, on every page.

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MORNING = 8 // o'clock: when a day of work begins for what was put off to it
const MONDAY = 1

/** Two digits where the clock has 24 hours ("07:42"), and as many as there are where it has 12 ("7:42 am"). */
export const CLOCK = {
  hour: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).resolvedOptions().hour12 ? "numeric" : "2-digit",
  minute: "2-digit",
}

export class Times {
  #clock
  #day
  #dayAndYear
  #full
  #parts
  #weekday

  /** @param {string} [zone]  as in "Europe/Vienna"; the browser's own where none is given */
  constructor(zone) {
    const format = (options, locale) => new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })
    this.#clock = format(CLOCK)
    this.#day = format({ weekday: "long", day: "numeric", month: "long" })
    this.#dayAndYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" })
    this.#full = format({ dateStyle: "full", timeStyle: "short" })
    this.#weekday = format({ weekday: "short", ...CLOCK })
    this.#parts = format(
      { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" },
      "en-GB",
    )
  }

  clock(moment) {
    return this.#clock.format(new Date(moment))
  }

  /** The whole moment, for a title. */
  full(moment) {
    return this.#full.format(new Date(moment))
  }

  /** "Tue 08:00" */
  soon(moment) {
    return this.#weekday.format(new Date(moment))
  }

  /** The calendar day, as in "2026-01-31": equal for two moments of one day. */
  dayOf(moment) {
    const { year, month, day } = this.#split(moment)
    return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`
  }

  dayName(moment, now = Date.now()) {
    const day = this.dayOf(moment)
    if (day === this.dayOf(now)) return "Today"
    if (day === this.dayOf(now - DAY_MS)) return "Yesterday"
    return (day.slice(0, 4) === this.dayOf(now).slice(0, 4) ? this.#day : this.#dayAndYear).format(new Date(moment))
  }

  /** "now", "5 min", "3 h", then the day. */
  ago(iso, now = Date.now()) {
    const passed = now - Date.parse(iso)
    if (passed < 60_000) return "now"
    if (passed < HOUR_MS) return `${Math.floor(passed / 60_000)} min`
    if (passed < DAY_MS) return `${Math.floor(passed / HOUR_MS)} h`
    return this.dayName(iso, now)
  }

  /** When something comes back that is put off for "hour", "tomorrow" or "week". -> ISO */
  later(name, now = Date.now()) {
    if (name === "hour") return new Date(now + HOUR_MS).toISOString()
    const { year, month, day } = this.#split(now)
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
    const days = name === "tomorrow" ? 1 : (MONDAY - weekday + 7) % 7 || 7
    return this.#morning(year, month, day + days).toISOString()
  }

  /** Fills a `<time datetime data-show="time|day">`; an empty datetime is left alone. */
  show(element) {
    const iso = element.getAttribute("datetime")
    if (!iso || Number.isNaN(Date.parse(iso))) return
    element.textContent = element.dataset.show === "day" ? this.dayName(iso) : this.clock(iso)
    element.title = this.full(iso)
  }

  /** The moment at which the reader's clock shows that day's morning, whatever their clocks do in between. */
  #morning(year, month, day) {
    const shown = Date.UTC(year, month - 1, day, MORNING)
    const guess = shown - this.#offset(shown)
    return new Date(shown - this.#offset(guess))
  }

  /** By how much the reader's clock is ahead of UTC at a moment, in ms. */
  #offset(moment) {
    const { year, month, day, hour, minute, second } = this.#split(moment)
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000
  }

  #split(moment) {
    const parts = this.#parts.formatToParts(new Date(moment))
    return Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]))
  }
}

/** Those of this browser. */
export const times = new Times()
