// Draws many charts without holding up the page: what somebody waits for as soon as it fits into a frame, and what goes
// on each second a little in every frame.

/** Of the 16.7 ms of a frame. What is drawn here the browser has to paint, which takes as long again and more. */
const BUDGET_MS = 4
/** What goes on is spread over so many frames, so that all of it is there before the next second. */
const SPREAD = 45
/** Words alone, of so many charts in a frame. */
const TOGETHER = 4

/** @typedef {{ draw: () => void, say: () => void }} Drawing  `say` puts into words what was drawn */

export class DrawQueue {
  #asked = false
  #clock
  #due = new Set()
  #going = new Set()
  #nextFrame
  #share = 0
  #silent = new Set()

  constructor({ nextFrame = (work) => requestAnimationFrame(work), clock = () => performance.now() } = {}) {
    this.#nextFrame = nextFrame
    this.#clock = clock
  }

  /**
   * Asks for a drawing; however often it is asked for before it is its turn, it is drawn once.
   * @param {Drawing} drawing
   */
  add(drawing) {
    this.#going.delete(drawing)
    this.#due.add(drawing)
    this.#ask()
  }

  /** The same for one that is only a second old. */
  goOn(drawing) {
    if (this.#due.has(drawing)) return
    this.#going.add(drawing)
    this.#share = Math.max(this.#share, Math.ceil(this.#going.size / SPREAD))
    this.#ask()
  }

  /** Asks for the words alone. */
  say(drawing) {
    this.#silent.add(drawing)
    this.#ask()
  }

  remove(drawing) {
    for (const some of [this.#due, this.#going, this.#silent]) some.delete(drawing)
  }

  #ask() {
    if (this.#asked || this.#due.size + this.#going.size + this.#silent.size === 0) return
    this.#asked = true
    this.#nextFrame(() => this.#run())
  }

  #run() {
    this.#asked = false
    const end = this.#clock() + BUDGET_MS
    const isFull = (count, most) => count >= most || this.#clock() >= end
    if (this.#due.size) this.#take(this.#due, (count) => isFull(count, Infinity))
    else this.#take(this.#going, (count) => isFull(count, this.#share))
    if (!this.#going.size) this.#share = 0
    if (this.#clock() < end) this.#sayMore((count) => isFull(count, TOGETHER))
    this.#ask()
  }

  #take(drawings, isEnough) {
    let count = 0
    for (const drawing of drawings) {
      drawings.delete(drawing)
      this.#silent.delete(drawing)
      drawing.draw()
      drawing.say()
      if (isEnough((count += 1))) return
    }
  }

  #sayMore(isEnough) {
    let count = 0
    for (const drawing of this.#silent) {
      this.#silent.delete(drawing)
      drawing.say()
      if (isEnough((count += 1))) return
    }
  }
}
