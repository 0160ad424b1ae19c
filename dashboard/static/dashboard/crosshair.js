// Where in time the mouse is: a line on each chart, and on the one that it is over a dot on each line. All of it moves
// without anything being laid out or painted anew, and what is not there costs nothing.

export class Crosshair {
  #dots = new Map()
  #line = null
  #lines
  #plot

  /**
   * @param {import("../vendor/uplot/uPlot.esm.js").default} plot
   * @param {{ colour: string, reach: number }[]} lines  a value speaks for what is not farther away than `reach` places
   */
  constructor(plot, lines) {
    this.#plot = plot
    this.#lines = lines
  }

  /** At a moment in seconds, or at none. */
  point(time) {
    const { bbox, cursor } = this.#plot
    const isOwn = cursor.left >= 0
    const place = time === null ? -1 : isOwn ? cursor.left : this.#plot.valToPos(time, "x")
    const isSeen = place >= 0 && place <= bbox.width / devicePixelRatio
    if (isSeen) move((this.#line ??= this.#make("crosshair")), Math.round(place), 0)
    else this.#clear()
    if (isSeen && isOwn) this.#mark()
    else this.#forget()
  }

  #mark() {
    const { cursor, data } = this.#plot
    this.#lines.forEach(({ colour, reach }, place) => {
      const at = cursor.idxs[place + 1]
      const value = data[place + 1]?.[at] ?? null
      if (value === null || Math.abs(at - cursor.idx) > reach) return this.#drop(place)
      if (!this.#dots.has(place)) this.#dots.set(place, this.#make("crosshair-dot", colour))
      move(this.#dots.get(place), this.#plot.valToPos(data[0][at], "x"), this.#plot.valToPos(value, "y"))
    })
  }

  #make(className, colour) {
    const element = document.createElement("div")
    element.className = className
    if (colour) element.style.backgroundColor = colour
    this.#plot.over.append(element)
    return element
  }

  #clear() {
    this.#line?.remove()
    this.#line = null
  }

  #forget() {
    for (const place of this.#dots.keys()) this.#drop(place)
  }

  #drop(place) {
    this.#dots.get(place)?.remove()
    this.#dots.delete(place)
  }
}

function move({ style }, x, y) {
  style.transform = `translate(${x}px, ${y}px)`
}
