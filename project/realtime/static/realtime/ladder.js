/** A transport that cannot be opened this often in a row is left for the next one. */
const TRIES = 2
/** How long to stay on a lower transport before looking up again; doubles with every look in vain. */
const CLIMB_MIN_MS = 10_000
/** The same where a better one has worked before: then the server was away, and not the transport. */
const CLIMB_SOON_MS = 1_000
const CLIMB_MAX_MS = 600_000

/**
 * Which transport to use: the best that can be opened.
 *
 * After the last comes the first again: where nothing can be opened it is the server that is away, not the transport.
 */
export class Ladder {
  #transports
  #rung
  #failures = 0
  #looks = 0
  #proven = new Set()

  /**
   * @param {object[]} transports classes, the best first
   * @param {string | null} [label] of the one to begin with, where it is known to work
   */
  constructor(transports, label = null) {
    this.#transports = transports
    this.#rung = Math.max(0, transports.findIndex((transport) => transport.label === label))
  }

  get current() {
    return this.#transports[this.#rung]
  }

  /** Those to try where the current one gives no answer: from the next one down, and round to the one before it. */
  get others() {
    return [...this.#transports.slice(this.#rung + 1), ...this.#transports.slice(0, this.#rung)]
  }

  /** The current one could not be opened. */
  failed() {
    this.#failures += 1
    if (this.#failures < TRIES) return
    this.#failures = 0
    this.#rung = (this.#rung + 1) % this.#transports.length
    this.#looks = 0
  }

  /** This one is open now. */
  opened(transport) {
    this.#failures = 0
    this.#proven.add(transport)
    if (transport === this.current) return
    this.#rung = this.#transports.indexOf(transport)
    this.#looks = 0
  }

  /** Milliseconds until a better one is worth a try, or null on the best. */
  get climbAfter() {
    if (this.#rung === 0) return null
    const better = this.#transports.slice(0, this.#rung)
    if (this.#looks === 0 && better.some((transport) => this.#proven.has(transport))) return CLIMB_SOON_MS
    return Math.min(CLIMB_MAX_MS, CLIMB_MIN_MS * 2 ** this.#looks)
  }

  /** The better one to try now: the best first, the others in turn. */
  lookUp() {
    const transport = this.#transports[this.#looks % this.#rung]
    this.#looks += 1
    return transport
  }
}
