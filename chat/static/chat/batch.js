// Gathers what arrives and handles it once a frame, so that a busy room costs one layout a frame and not one a message.

const HIDDEN_MS = 250 // a page that nobody sees gets no frames, but must not gather for ever

export class Batch {
  #apply
  #items = []
  #frame = 0
  #timer = 0

  /** `apply(items)` gets everything since the last time, in order. */
  constructor(apply) {
    this.#apply = apply
  }

  add(item) {
    this.#items.push(item)
    if (this.#items.length > 1) return
    this.#frame = requestAnimationFrame(() => this.flush())
    this.#timer = setTimeout(() => this.flush(), HIDDEN_MS)
  }

  /** Handles what there is, now. */
  flush() {
    const items = this.#items
    this.cancel()
    if (items.length) this.#apply(items)
  }

  cancel() {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#timer)
    this.#items = []
  }
}
