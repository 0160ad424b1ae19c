// What one panel draws: each series as values on one common grid of times. A place without a measurement is null.

/** Measurements that come at intervals are joined over so many of them; what is longer is missing. */
const JOINED = 2.5
/** So much is kept before the first time that is shown, so that not every second cuts something off. */
const SLACK = 120
/** From so many intervals on, a series is known to come at the one in their middle. */
const INTERVALS = 3

export class Frame {
  /** @type {number} seconds from one place to the next */
  step
  /** @type {number} the time of the first place, in seconds */
  start
  /**
   * `hue` tells its colour; of one that has `joined` nothing is known of before it came up.
   * @type {{ key: string, name: string, labels: object, values: (number | null)[], reach: number, hue: number, joined?: boolean }[]}
   */
  series = []
  length = 0
  /** How many series there are besides these: where there are any, only a new answer brings others, but to a list. */
  more
  /** How many there are in all, and how many of them were told of at first. */
  count
  told
  #isList
  #hues = 0
  #known = new Map()
  #times = []

  /**
   * @param {object} data
   * @param {number} data.from
   * @param {number} data.to
   * @param {number} data.step
   * @param {object[]} data.series  as the API says them: each with `points`, pairs of a time and a value
   * @param {number} [data.more]
   * @param {boolean} [data.isList]  of the largest: others come in when they are among them
   */
  constructor({ from, to, step, series, more = 0, isList = false }) {
    this.step = step
    this.more = more
    this.told = series.length
    this.count = series.length + more
    this.#isList = isList
    this.start = Math.floor(from / step) * step
    this.length = Math.max(0, Math.ceil((to - this.start) / step))
    for (const one of series) this.#add(this.#placed(one))
  }

  get end() {
    return this.start + this.length * this.step
  }

  /** Every place's time. The same array each time, which goes on growing. */
  times() {
    while (this.#times.length < this.length) this.#times.push(this.start + this.#times.length * this.step)
    return this.#times
  }

  /** The place at or before a time, within what there is. */
  placeOf(time) {
    return Math.min(this.length - 1, Math.max(0, Math.floor((time - this.start) / this.step)))
  }

  /** What a series is at a moment: what its place says, or one of so many before it; null where nothing is known of it. */
  at({ values, reach }, time, back) {
    const last = this.placeOf(time)
    for (let place = last; place >= Math.max(0, last - Math.max(reach, back)); place -= 1) {
      if ((values[place] ?? null) !== null) return values[place]
    }
    return null
  }

  /** The same at the end of what is shown: in the last place that is over by then, or else in the one that has only begun. */
  newest(one, to, back) {
    return this.at(one, to - this.step, back) ?? one.values[this.placeOf(to)] ?? null
  }

  /**
   * What a tick says of the window that begins at `t`: the newest one, or one that is known and was corrected.
   * The same tick twice is as good as once.
   * @param {number} t
   * @param {[string, number | null][]} entries
   * @param {(key: string) => object} described  name and labels of a series that is new
   * @returns {boolean} whether all of it has a place here
   */
  apply(t, entries, described) {
    const place = (t - this.start) / this.step
    if (place < 0 || !Number.isInteger(place)) return true
    this.#reachTo(place + 1)
    let isWhole = true
    for (const [key, value] of entries) {
      const known = this.#known.get(key) ?? this.#begin(() => ({ key, ...described(key) }))
      isWhole &&= !!known && !known.joined
      if (!known) continue
      known.values[place] = value
      if (!known.settled) settle(known)
    }
    return isWhole
  }

  /** Time goes on, whether or not anything was measured. */
  reach(time) {
    this.#reachTo(Math.ceil((time - this.start) / this.step))
  }

  /** Forgets what came long before, and the series of which nothing else is known. */
  trim(from) {
    const places = Math.floor((from - this.start) / this.step)
    if (places < SLACK) return
    this.start += places * this.step
    this.length -= places
    this.#times.splice(0, places)
    for (const { values } of this.series) values.splice(0, places)
    this.series = this.series.filter(({ values }) => values.some((value) => value !== null))
    this.#known = new Map(this.series.map((one) => [one.key, one]))
  }

  /**
   * Takes over what another, newer answer says, from its own first place on.
   * @returns {boolean | null} whether all of it has a place here; null where the answer does not fit
   */
  merge(other) {
    if (other.step !== this.step || other.start < this.start) return null
    this.reach(other.end)
    const first = (other.start - this.start) / this.step
    for (const one of other.series) {
      const known = this.#known.get(one.key) ?? this.#begin(() => one)
      if (known) one.values.forEach((value, place) => (known.values[first + place] = value))
    }
    return !this.series.some(({ joined }) => joined)
  }

  /**
   * Stretches of time in which nothing of these series is known.
   * @returns {[number, number][]} within `from` and `to`, in order
   */
  missing(from, to, shown = this.series) {
    const known = shown.flatMap((one) => [...this.#stretches(one)]).sort((a, b) => a[0] - b[0])
    const holes = []
    let covered = from
    for (const [begins, ends] of known) {
      if (begins > covered + this.step / 2) holes.push([covered, Math.min(begins, to)])
      covered = Math.max(covered, ends)
      if (covered >= to) break
    }
    if (covered < to - this.step / 2) holes.push([covered, to])
    return holes.filter(([a, b]) => b > a)
  }

  /** From each value as far as it speaks for: to the next, or for one place. */
  *#stretches({ values, reach }) {
    let begins = null
    let last = null
    for (let place = 0; place < this.length; place += 1) {
      if (values[place] === null || values[place] === undefined) continue
      if (begins !== null && place - last > reach) {
        yield this.#stretch(begins, last, 1)
        begins = null
      }
      begins ??= place
      last = place
    }
    // What comes next is due only when its time has come.
    if (begins !== null) yield this.#stretch(begins, last, Math.max(1, reach))
  }

  #stretch(first, last, speaks) {
    return [this.start + first * this.step, this.start + (last + speaks) * this.step]
  }

  #reachTo(length) {
    for (; this.length < length; this.length += 1) for (const { values } of this.series) values.push(null)
  }

  #placed({ points, ...one }) {
    const values = new Array(this.length).fill(null)
    for (const [t, value] of points) {
      const place = Math.floor((t - this.start) / this.step)
      if (place >= 0 && place < this.length) values[place] = value
    }
    return settle({ ...one, values })
  }

  /** A series that was not there; none where there are others already that are not drawn. */
  #begin(described) {
    if (this.more && !this.#isList) return null
    const { key, name, labels } = described()
    return this.#add(settle({ key, name, labels, joined: this.more > 0, values: new Array(this.length).fill(null) }))
  }

  #add(one) {
    one.hue = this.#hues++
    this.series.push(one)
    this.#known.set(one.key, one)
    return one
  }
}

/** How many places a series is joined over: as its own interval says, once that is known. */
function settle(one) {
  const distances = []
  let last = null
  for (let place = 0; place < one.values.length; place += 1) {
    if (one.values[place] === null) continue
    if (last !== null) distances.push(place - last)
    last = place
  }
  distances.sort((a, b) => a - b)
  one.settled = distances.length >= INTERVALS
  const interval = one.settled ? distances[distances.length >> 1] : 1
  one.reach = interval > 1 ? Math.ceil(interval * JOINED) : 1
  return one
}

/** What can be said of some places of a series in a few numbers; null where there is none. */
export function summary(values, first = 0, last = values.length - 1) {
  let [count, sum, min, max, newest] = [0, 0, Infinity, -Infinity, null]
  for (let place = first; place <= last; place += 1) {
    const value = values[place]
    if (value === null || value === undefined) continue
    count += 1
    sum += value
    min = Math.min(min, value)
    max = Math.max(max, value)
    newest = value
  }
  return count ? { count, last: newest, min, max, avg: sum / count } : null
}

/** One on top of the other, the first one lowest. A series is carried on over its own interval. */
export function stacked(series) {
  const heights = []
  return series.map(({ values, reach }) => {
    let [held, age] = [null, Infinity]
    return Array.from(values, (value, place) => {
      ;[held, age] = value === null || value === undefined ? [held, age + 1] : [value, 0]
      if (held === null || age >= reach) return null
      heights[place] = (heights[place] ?? 0) + held
      return heights[place]
    })
  })
}
