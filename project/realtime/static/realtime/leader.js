/**
 * Which tab leads: the one that holds the lock. It is held until the tab disconnects or is gone, and then granted to the
 * next in the queue, so exactly one tab leads at a time, without a message between them.
 */
export class Leadership {
  #locks
  #name
  #elected
  #lost
  #queue = null
  #release = null

  /**
   * @param {{ locks: LockManager, name: string, elected: () => void, lost: () => void }} options
   *   `lost` is said when another tab took the lead; this one is in the queue again then
   */
  constructor({ locks, name, elected, lost }) {
    this.#locks = locks
    this.#name = name
    this.#elected = elected
    this.#lost = lost
  }

  connect() {
    if (this.#queue) return
    this.#queue = new AbortController()
    this.#hold({ signal: this.#queue.signal })
  }

  disconnect() {
    this.#queue?.abort()
    this.#queue = null
    this.#release?.()
    this.#release = null
  }

  /** Takes the lead from a tab that holds it but does not answer: the browser has put it to sleep. */
  take() {
    this.disconnect()
    this.#queue = new AbortController()
    this.#hold({ steal: true })
  }

  async #hold(options) {
    const queue = this.#queue
    let led = false
    try {
      await this.#locks.request(this.#name, options, () => {
        if (this.#queue !== queue) return
        led = true
        this.#elected()
        return new Promise((release) => (this.#release = release))
      })
    } catch (error) {
      if (this.#queue !== queue) return
      this.#queue = this.#release = null
      if (error.name !== "AbortError") return this.#elected()
      if (led) this.#lost()
      this.connect()
    }
  }
}
