const KEY = "watchroom.transport"
/** Networks change: what worked at breakfast need not be what works at noon. */
const AGE_MAX_MS = 3_600_000

/** Which transport worked last in this browser, so that the next page need not find out again by waiting. */
export class Remembered {
  #storage

  /** @param {Storage | undefined} storage */
  constructor(storage) {
    this.#storage = storage
  }

  /** @returns {string | null} its label, or null where none is known or it was too long ago */
  get transport() {
    try {
      const { label, at } = JSON.parse(this.#storage?.getItem(KEY)) ?? {}
      return Date.now() - at < AGE_MAX_MS ? label : null
    } catch {
      return null
    }
  }

  set transport(label) {
    try {
      this.#storage?.setItem(KEY, JSON.stringify({ label, at: Date.now() }))
    } catch {
      // The browser is full or keeps nothing: then the next page finds out for itself.
    }
  }
}
