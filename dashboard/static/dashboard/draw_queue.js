// Draws many charts without holding up the page: as many in a frame as fit, the rest in the next ones.

/** Of the 16.7 ms of a frame. What is drawn here the browser has to paint, which takes as long again and more. */
const BUDGET_MS = 4
/** Words around charts cost a layout of the page, which hardly takes longer for those of many charts than of one. */
const TOGETHER = 12

export class DrawQueue {
  #due = new Set()
  #clock
  #hasSaid = false
  #nextFrame
  #silent = new Set()
  #asked = false

  constructor({ nextFrame = (work) => requestAnimationFrame(work), clock = () => performance.now() } = {}) {
    this.#nextFrame = nextFrame
    this.#clock = clock
  }

  /**
   * Asks for a drawing; however often it is asked for before it is its turn, it is drawn once.
   * @param {{ draw: () => void, say: () => void }} drawing  `say` comes in a frame after `draw`, with that of others
   */
  add(drawing) {
    this.#due.add(drawing)
    this.#ask()
  }

  /** Asks for the words alone. */
  say(drawing) {
    this.#silent.add(drawing)
    this.#ask()
  }

  remove(drawing) {
    this.#due.delete(drawing)
    this.#silent.delete(drawing)
  }

  #ask() {
    if (this.#asked || this.#due.size + this.#silent.size === 0) return
    this.#asked = true
    this.#nextFrame(() => this.#run())
  }

  #run() {
    this.#asked = false
    const isTimeToDraw = this.#due.size > 0 && (this.#hasSaid || this.#silent.size < TOGETHER)
    if (isTimeToDraw) this.#drawSome()
    else this.#saySome()
    this.#hasSaid = !isTimeToDraw
    this.#ask()
  }

  #drawSome() {
    const end = this.#clock() + BUDGET_MS
    for (const drawing of this.#due) {
      this.#due.delete(drawing)
      this.#silent.add(drawing)
      drawing.draw()
      if (this.#clock() >= end) break
    }
  }

  #saySome() {
    for (const drawing of [...this.#silent].slice(0, TOGETHER)) {
      this.#silent.delete(drawing)
      drawing.say()
    }
  }
}
