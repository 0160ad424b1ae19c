// A mark across a chart for what was said then, with its words for the mouse. For the keyboard they are in a list of their own.

import { clusters } from "./annotations.js"
import { fillLink } from "./annotation_list.js"

/** A label opens to the side on which there is room. */
const MIDDLE = 0.5
const SIDES = ["left", "top", "width", "height"]

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
    const place = plot.root.closest(".panel-body")
    const known = this.#layers.get(place)
    if (!place || (!list.length && !known)) return
    const layer = known ?? this.#make(place)
    const box = SIDES.map((side) => plot.bbox[side] / devicePixelRatio)
    if (layer.box !== box.join()) SIDES.forEach((side, at) => (layer.element.style[side] = `${box[at]}px`))
    layer.box = box.join()
    const found = clusters(list, window, box[SIDES.indexOf("width")])
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

  /** Beside the chart, which is an image to those who hear it, and has nothing in it to press. */
  #make(place) {
    const element = document.createElement("div")
    element.className = "annotations"
    element.ariaHidden = "true"
    place.append(element)
    const layer = { element, key: "[]", box: "" }
    this.#layers.set(place, layer)
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
