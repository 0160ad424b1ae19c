// A mark across a chart for what was said then, with its words for the mouse. For the keyboard they are in a list of their own.

import { clusters } from "./annotations.js"
import { fillLink } from "./annotation_list.js"

/** A label opens to the side on which there is room. */
const MIDDLE = 0.5

export class AnnotationMarks {
  #annotations
  #layers = new WeakMap()
  #times

  /** @param {import("./annotations.js").Annotations} annotations @param {import("./local_times.js").LocalTimes} times */
  constructor(annotations, times) {
    this.#annotations = annotations
    this.#times = times
  }

  /** Brings the marks of one chart up to date; `plot` is an uPlot that has just been drawn. */
  draw(plot, window) {
    const { list } = this.#annotations
    const known = this.#layers.get(plot)
    if (!list.length && !known) return
    const layer = known ?? this.#make(plot)
    const found = clusters(list, window, plot.bbox.width / devicePixelRatio)
    const key = JSON.stringify(found.map(({ items }) => items.map(({ id, at, text }) => [id, at, text])))
    if (layer.key !== key) this.#fill(layer, found)
    layer.key = key
    found.forEach(({ time }, at) => {
      const share = (time - window.from) / (window.to - window.from)
      const { style, classList } = layer.element.children[at]
      style.left = `${share * 100}%`
      classList.toggle("opens-left", share > MIDDLE)
    })
  }

  #make(plot) {
    const element = document.createElement("div")
    element.className = "annotations"
    element.ariaHidden = "true"
    // A press on a mark is not the beginning of a zoom.
    element.addEventListener("mousedown", (event) => event.target.closest(".annotation") && event.stopPropagation())
    plot.over.append(element)
    const layer = { element, key: "[]" }
    this.#layers.set(plot, layer)
    return layer
  }

  #fill({ element }, found) {
    element.replaceChildren(...found.map(({ items }) => {
      const mark = document.createElement("div")
      mark.className = "annotation"
      mark.dataset.ids = items.map(({ id }) => id).join(" ")
      const flag = document.createElement("a")
      flag.className = "annotation-flag"
      flag.tabIndex = -1
      flag.href = items[0].url
      flag.textContent = items.length > 1 ? items.length : ""
      const list = document.createElement("ul")
      list.className = "annotation-words"
      list.append(...items.map((one) => fillLink(document.createElement("li"), one, this.#times, -1)))
      mark.append(flag, list)
      return mark
    }))
  }
}
