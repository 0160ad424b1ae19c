const ACK_EVENTS = 32
const ACK_MS = 500
/** A character is at most three bytes: together no more than the 64 KiB that the contract asks for. */
const ACK_CHARACTERS = (64 * 1024) / 3

/** Tells the server how far we are: half as often as it insists on, so that a slow moment costs nothing. */
export class Acks {
  #send
  #positions = new Map()
  #events = 0
  #characters = 0
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

  /** So much of what was handled has arrived, in characters of JSON. */
  received(characters) {
    if (this.#positions.size === 0) return
    this.#characters += characters
    if (this.#characters >= ACK_CHARACTERS) this.#flush()
  }

  disconnect() {
    clearTimeout(this.#timer)
    this.#timer = null
    this.#positions = new Map()
    this.#events = 0
    this.#characters = 0
  }

  #flush() {
    const positions = this.#positions
    this.disconnect()
    this.#send(positions)
  }
}
