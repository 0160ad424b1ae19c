// Moments as the clock and calendar of the reader's own time zone say them, as fine as what is shown.

import { CLOCK } from "../project/times.js"

const MINUTE = 60
const DAY = 86_400

export class LocalTimes {
  #formats = new Map()
  zone

  /** @param {string} [zone]  as in "Europe/Vienna"; the browser's own where that is not known */
  constructor(zone) {
    this.zone = zone
    try {
      new Intl.DateTimeFormat(undefined, { timeZone: zone })
    } catch {
      this.zone = undefined
    }
  }

  /** The marks of an axis: the time, and the day where a new one begins. Seconds in, text out. */
  marks(moments, distance) {
    return moments.map((moment) => {
      if (distance >= 28 * DAY) return this.#say("month", moment)
      if (distance >= DAY || this.#isMidnight(moment)) return this.#say("day", moment)
      return this.#say(distance < MINUTE ? "second" : "minute", moment)
    })
  }

  /** A moment among others that are `step` seconds apart. Days are those of UTC: where that is not midnight, the time is said too. */
  moment(moment, step) {
    if (step >= DAY && this.#isMidnight(moment)) return this.#say("date", moment)
    return `${this.#say("date", moment)}, ${this.#say(step < MINUTE ? "second" : "minute", moment)}`
  }

  /** A stretch of time, as short as it can be said. */
  stretch(from, to) {
    const fine = to - from < 10 * MINUTE ? "second" : "minute"
    const [first, second] = [this.#say("date", from), this.#say("date", to)]
    const start = `${first}, ${this.#say(fine, from)}`
    return `${start} – ${first === second ? "" : `${second}, `}${this.#say(fine, to)}`
  }

  /** "Sunday, 15:00 – 16:00", or as else the reader's clock says it. */
  hourOfWeek(from, to) {
    return `${this.#say("weekday", from)}, ${this.#say("minute", from)} – ${this.#say("minute", to)}`
  }

  /** "15 Nov" */
  day(moment) {
    return this.#say("day", moment)
  }

  /** What a field for a local date and time holds. */
  field(moment) {
    return this.#format("field").format(new Date(moment * 1000)).replace(" ", "T")
  }

  /** The moment that such a field means, in seconds; NaN where it means none. */
  fromField(text) {
    const shown = Date.parse(`${text}Z`) / 1000
    const offset = (moment) => Date.parse(`${this.field(moment)}Z`) / 1000 - moment
    return Number.isFinite(shown) ? shown - offset(shown - offset(shown)) : NaN
  }

  #isMidnight(moment) {
    return this.field(moment).endsWith("T00:00:00")
  }

  #say(name, moment) {
    return this.#format(name).format(new Date(moment * 1000))
  }

  #format(name) {
    if (!this.#formats.has(name)) {
      const [locale, options] = FORMATS[name]
      this.#formats.set(name, new Intl.DateTimeFormat(locale, { ...options, timeZone: this.zone }))
    }
    return this.#formats.get(name)
  }
}

const FORMATS = {
  second: [undefined, { ...CLOCK, second: "2-digit" }],
  minute: [undefined, CLOCK],
  day: [undefined, { day: "numeric", month: "short" }],
  weekday: [undefined, { weekday: "long" }],
  month: [undefined, { month: "short", year: "numeric" }],
  date: [undefined, { day: "numeric", month: "short", year: "numeric" }],
  field: ["sv-SE", { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }],
}
