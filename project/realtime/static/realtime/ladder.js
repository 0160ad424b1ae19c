/** A transport that cannot be opened this often in a row is left for the next one. */
const TRIES = 2
/** How long to stay on a lower transport before looking up again; doubles with every look in vain. */
const CLIMB_MIN_MS = 10_000
const CLIMB_MAX_MS = 600_000

/**
 * Which transport to use: the best that can be opened.
 *
 * After the last comes the first again: where nothing can be opened it is the server that is away, not the transport.
 */
export class Ladder {
  #transports
  #rung = 0
  #failures = 0
  #looks = 0

  /** @param {object[]} transports classes, the best first */
  constructor(transports) {
    this.#transports = transports
  }

  get current() {
    return this.#transports[this.#rung]
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
    if (transport === this.current) return
    this.#rung = this.#transports.indexOf(transport)
    this.#looks = 0
  }

  /** Milliseconds until a better one is worth a try, or null on the best. */
  get climbAfter() {
    return this.#rung === 0 ? null : Math.min(CLIMB_MAX_MS, CLIMB_MIN_MS * 2 ** this.#looks)
  }

  /** The better one to try now: the best first, the others in turn. */
  lookUp() {
    const transport = this.#transports[this.#looks % this.#rung]
    this.#looks += 1
    return transport
  }
}
