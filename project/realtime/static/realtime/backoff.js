const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 30_000

/** How long to wait before the next try: doubling, with full jitter, so that a crowd does not come back at once. */
export class Backoff {
  #random
  #failures = 0

  /** @param {() => number} [random] 0 to 1 */
  constructor(random = Math.random) {
    this.#random = random
  }

  /** How often `next` was asked since the last `reset`. */
  get failures() {
    return this.#failures
  }

  /** @returns {number} milliseconds to wait; longer on average each time, at most RETRY_MAX_MS */
  next() {
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#failures)
    this.#failures += 1
    return Math.round(this.#random() * ceiling)
  }

  /** It worked: the next failure starts small again. */
  reset() {
    this.#failures = 0
  }
}
