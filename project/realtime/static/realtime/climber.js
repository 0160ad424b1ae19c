/** From the first byte sent to `hello`. */
export const OPEN_MS = 10_000
/** How long a first attempt may go without an answer before another transport is tried beside it. */
const RACE_MS = 3_000

/** Tries another transport beside the current one: a better one from time to time, any other while nothing answers. */
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

  /** Nothing is known to work yet: while the current one gives no answer, the others are tried one after the other. */
  race(others = this.#ladder.others) {
    this.disconnect()
    if (others.length) this.#timer = setTimeout(() => this.#raceAgainst(others), RACE_MS)
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
    this.#timer = setTimeout(() => this.connect(), OPEN_MS)
    this.#open(this.#ladder.lookUp())
  }

  #raceAgainst([Transport, ...others]) {
    this.race(others)
    this.#open(Transport)
  }

  #open(Transport) {
    this.#candidate = this.#make(Transport)
    this.#candidate.open()
  }
}
