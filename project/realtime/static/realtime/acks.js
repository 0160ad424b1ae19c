const ACK_EVENTS = 32
const ACK_MS = 500

/** Tells the server how far we are: half as often as it insists on, so that a slow moment costs nothing. */
export class Acks {
  #send
  #positions = new Map()
  #events = 0
  #timer = null

  /** @param {(positions: Map<string, number>) => void} send */
  constructor(send) {
    this.#send = send
  }

  /** An event was handled. */
  handled(stream, seq) {
    this.#positions.set(stream, seq)
    this.#events += 1
    if (this.#events >= ACK_EVENTS) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), ACK_MS)
  }

  disconnect() {
    clearTimeout(this.#timer)
    this.#timer = null
    this.#positions = new Map()
    this.#events = 0
  }

  #flush() {
    const positions = this.#positions
    this.disconnect()
    this.#send(positions)
  }
}
