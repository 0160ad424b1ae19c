const KEY = "watchroom.transport"
const KEY_WITHOUT_SOCKET = "watchroom.transport.http"
/** Networks change: what worked at breakfast need not be what works at noon. */
const AGE_MAX_MS = 3_600_000

/** Which transport worked last in this browser, so that the next page need not find out again by waiting. */
export class Remembered {
  #key
  #storage

  /** @param {Storage | undefined} storage @param {boolean} [socket]   whether a WebSocket was among the choices */
  constructor(storage, socket = true) {
    this.#key = socket ? KEY : KEY_WITHOUT_SOCKET
    this.#storage = storage
  }

  /** @returns {string | null} its label, or null where none is known or it was too long ago */
  get transport() {
    try {
      const { label, at } = JSON.parse(this.#storage?.getItem(this.#key)) ?? {}
      return Date.now() - at < AGE_MAX_MS ? label : null
    } catch {
      return null
    }
  }

  set transport(label) {
    try {
      this.#storage?.setItem(this.#key, JSON.stringify({ label, at: Date.now() }))
    } catch {
      // The browser is full or keeps nothing: then the next page finds out for itself.
    }
  }
}
