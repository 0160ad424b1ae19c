const SILENCE_MS = 25_000
const PATIENCE_MS = 10_000

/** Notices that the other side has gone: asks after a silence, and gives up when no answer comes. */
export class Heartbeat {
  #ask
  #dead
  #heardAt = 0
  #timer = null
  #asked = false

  /** @param {{ ask: () => void, dead: () => void }} options */
  constructor({ ask, dead }) {
    this.#ask = ask
    this.#dead = dead
  }

  connect() {
    this.disconnect()
    this.heard()
  }

  disconnect() {
    clearTimeout(this.#timer)
    this.#timer = null
    this.#asked = false
  }

  /** Any sign of life counts. */
  heard() {
    this.#heardAt = Date.now()
    if (this.#asked) this.disconnect()
    this.#timer ??= setTimeout(() => this.#check(), SILENCE_MS)
  }

  /** Asks now, without waiting for the silence: the network may have changed. */
  probe() {
    if (this.#asked) return
    this.disconnect()
    this.#asked = true
    this.#timer = setTimeout(() => this.#dead(), PATIENCE_MS)
    this.#ask()
  }

  #check() {
    this.#timer = null
    const silentFor = Date.now() - this.#heardAt
    if (silentFor >= SILENCE_MS) this.probe()
    else this.#timer = setTimeout(() => this.#check(), SILENCE_MS - silentFor)
  }
}
