// Draws many charts without holding up the page: as many in a frame as fit, the rest in the next ones.

/** Of the 16.7 ms of a frame; the rest is the browser's. */
const BUDGET_MS = 7

export class DrawQueue {
  #due = new Set()
  #clock
  #nextFrame
  #asked = false

  constructor({ nextFrame = (work) => requestAnimationFrame(work), clock = () => performance.now() } = {}) {
    this.#nextFrame = nextFrame
    this.#clock = clock
  }

  /** Asks for a drawing; however often it is asked for before it is its turn, it is drawn once. */
  add(drawing) {
    this.#due.add(drawing)
    this.#ask()
  }

  remove(drawing) {
    this.#due.delete(drawing)
  }

  #ask() {
    if (this.#asked || this.#due.size === 0) return
    this.#asked = true
    this.#nextFrame(() => this.#run())
  }

  #run() {
    this.#asked = false
    const end = this.#clock() + BUDGET_MS
    for (const drawing of this.#due) {
      this.#due.delete(drawing)
      drawing.draw()
      if (this.#clock() >= end) break
    }
    this.#ask()
  }
}
