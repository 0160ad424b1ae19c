/** How many streams may be asked for before the request is made anew, in one go. */
const GATHER_MS = 20

/**
 * What server-sent events and long-polling share: the streams are part of the request, so following another one means
 * asking again from the cursor reached by then.
 */
export class Request {
  #run
  #abort = null
  #again = null

  /** @param {(signal: AbortSignal) => Promise<void>} run makes the request and reads the answer until it is aborted */
  constructor(run) {
    this.#run = run
  }

  /** Makes the request, in place of the one under way. */
  start() {
    this.stop()
    this.#abort = new AbortController()
    this.#run(this.#abort.signal)
  }

  /** Makes it anew in a moment: several streams are usually asked for one after the other. */
  renew() {
    this.#again ??= setTimeout(() => this.start(), GATHER_MS)
  }

  stop() {
    clearTimeout(this.#again)
    this.#again = null
    this.#abort?.abort()
    this.#abort = null
  }
}
