import { Backoff } from "./backoff.js"
import { CommandError } from "./command_error.js"

/** Refusals that say nothing about the message itself: the same may be taken later. */
const PASSING = new Set(["unavailable", "internal", "rate_limited"])
/** A tab that holds the right to send for longer than any answer takes is asleep. */
const ASLEEP_MS = 30_000

/**
 * Sends what waits for one room, one after the other: the next only when the outcome of the one before is known.
 *
 * Only one tab sends at a time, by a lock that is held for a single message and never while waiting. Sending the same
 * twice is harmless, because the server knows a message by its client_id.
 */
export class Lane {
  #backoff
  #locks
  #name
  #office
  #patience = null
  #ready
  #running = false
  #rung = false
  #timer = null

  /**
   * @param {object} options
   * @param {LockManager | undefined} options.locks
   * @param {string} options.name   of the lock
   * @param {() => number} options.random
   * @param {() => boolean} options.ready   whether sending makes sense now
   * @param {{ next: () => Promise<object | undefined>, send: (entry: object) => Promise<any>,
   *   sent: (entry: object, data: any) => Promise<void>, refused: (entry: object, error: CommandError) => Promise<void>,
   *   postponed: (entry: object, until: number) => Promise<void>, stopped: () => void }} options.office
   */
  constructor({ locks, name, random, ready, office }) {
    this.#locks = locks
    this.#name = name
    this.#ready = ready
    this.#office = office
    this.#backoff = new Backoff(random)
  }

  /** Sends what there is; says nothing and does nothing where it is under way. */
  async run() {
    this.#rung = true
    if (this.#running) return
    this.#running = true
    clearTimeout(this.#timer)
    try {
      while (this.#rung && this.#ready()) {
        this.#rung = false
        while (this.#ready() && (await this.#alone(() => this.#sendNext())));
      }
    } finally {
      this.#running = false
    }
  }

  disconnect() {
    clearTimeout(this.#timer)
    this.#patience?.abort()
  }

  /** @returns {Promise<boolean>} whether to go on with the next at once */
  async #sendNext() {
    const entry = await this.#office.next()
    if (!entry || !this.#ready()) return false
    const wait = entry.notBefore - Date.now()
    if (wait > 0) return this.#later(wait)
    try {
      await this.#office.sent(entry, await this.#office.send(entry))
      this.#backoff.reset()
      return true
    } catch (error) {
      return this.#failed(entry, error)
    }
  }

  async #failed(entry, error) {
    if (!(error instanceof CommandError)) throw error
    if (error.code === "unauthenticated") {
      this.#office.stopped()
      return false
    }
    if (error.retryAfter !== null) {
      const wait = error.retryAfter * 1000
      await this.#office.postponed(entry, Date.now() + wait)
      return this.#later(wait)
    }
    if (PASSING.has(error.code)) return this.#later(this.#backoff.next())
    await this.#office.refused(entry, error)
    return true
  }

  #later(wait) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.run(), wait)
    return false
  }

  async #alone(work) {
    if (!this.#locks) return work()
    const asleep = new DOMException("The tab that sends is asleep.", "TimeoutError")
    this.#patience = new AbortController()
    const timer = setTimeout(() => this.#patience.abort(asleep), ASLEEP_MS)
    try {
      return await this.#locks.request(this.#name, { signal: this.#patience.signal }, work)
    } catch (error) {
      if (error === asleep) return await this.#locks.request(this.#name, { steal: true }, work)
      if (error.name === "AbortError") return false
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}
