/** From the first byte sent to `hello`. */
export const OPEN_MS = 10_000

/** While a lower transport does the work, tries a better one beside it from time to time. */
export class Climber {
  #ladder
  #make
  #found
  #candidate = null
  #timer = null

  /**
   * @param {object} options
   * @param {import("./ladder.js").Ladder} options.ladder
   * @param {(Transport: object) => object} options.make
   * @param {(transport: object) => void} options.found   this one works; it is the finder's now
   */
  constructor({ ladder, make, found }) {
    this.#ladder = ladder
    this.#make = make
    this.#found = found
  }

  connect() {
    this.disconnect()
    const wait = this.#ladder.climbAfter
    if (wait !== null) this.#timer = setTimeout(() => this.#try(), wait)
  }

  disconnect() {
    clearTimeout(this.#timer)
    this.#timer = null
    this.#candidate?.close()
    this.#candidate = null
  }

  holds(transport) {
    return transport === this.#candidate
  }

  /** The candidate said something. */
  heard(items) {
    if (items[0]?.type !== "hello") return
    const candidate = this.#candidate
    this.#candidate = null
    this.disconnect()
    this.#found(candidate)
  }

  /** The streams changed while the candidate was on its way. */
  follow(cursor) {
    this.#candidate?.follow(cursor)
  }

  #try() {
    this.#candidate = this.#make(this.#ladder.lookUp())
    this.#timer = setTimeout(() => this.connect(), OPEN_MS)
    this.#candidate.open()
  }
}
