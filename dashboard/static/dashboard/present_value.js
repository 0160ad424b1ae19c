// The value that a chart of one series calls the present one.

/** A value is of now for so many seconds longer than the series takes from one to the next. */
const CURRENT = 10

export class PresentValue {
  #value = null
  #at = 0

  /**
   * The newest that a snapshot has, until the next tick.
   * @param {import("./frame.js").Frame} frame
   * @param {number} to  up to when it tells: its last place may have only begun
   */
  begin({ series: [only, ...others], start, step }, to) {
    ;[this.#value, this.#at] = [null, 0]
    if (!only || others.length) return
    const place = only.values.findLastIndex((value) => value !== null)
    ;[this.#value, this.#at] = [only.values[place] ?? null, Math.min(to, start + (place + 1) * step)]
  }

  /**
   * A tick of one series. One that comes late, or is a correction, counts as well, but not where something newer is known.
   * @param {{ t: number, step: number, revised: boolean }} tick
   * @param {[string, number | null]} entry
   */
  hear({ t, step, revised }, [, value]) {
    if (revised && t + step < this.#at) return
    ;[this.#value, this.#at] = [value, t + step]
  }

  /** @returns {number | null} null where the newest is not of now: what is shown ends at `edge` */
  at(edge, { reach }, step) {
    return edge - this.#at <= reach * step + CURRENT ? this.#value : null
  }
}
