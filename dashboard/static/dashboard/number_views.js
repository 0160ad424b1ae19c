// One number: large with its recent past under it, or on a dial.

import { summary } from "./frame.js"
import { LineView } from "./line_view.js"
import { dialOf, STATE_NAMES, stateOf } from "./thresholds.js"
import { format } from "./units.js"

const SVG = "http://www.w3.org/2000/svg"
/** A dial is three quarters of a circle of this length, in the units of its drawing. */
const ARC = 0.75 * 2 * Math.PI * 40

/** Places that a value may be old. */
const RECENT = 5

/** The newest value there is at the end of what is shown; null where it is too old to be the present one. */
const current = ({ frame, window: { to } }, [one]) => (one ? frame.newest(one, to, RECENT) : null)

export class StatView {
  #look
  #number
  #spark
  #state

  constructor(place, look) {
    this.#look = look
    place.replaceChildren()
    place.classList.add("stat")
    this.#number = place.appendChild(document.createElement("p"))
    this.#number.className = "stat-number"
    this.#state = place.appendChild(document.createElement("p"))
    this.#state.className = "stat-state"
    const spark = place.appendChild(document.createElement("div"))
    spark.className = "stat-spark"
    this.#spark = new LineView(spark, Object.create(look, { bare: { value: true } }))
  }

  draw(shown) {
    if (!this.#look.frame) return
    const { panel, frame, window: { from, to } } = this.#look
    const value = current(this.#look, shown)
    const state = stateOf(value, panel.thresholds)
    this.#number.textContent = format(value, panel.unit)
    this.#number.dataset.state = state
    const about = shown[0] && summary(shown[0].values, frame.placeOf(from), frame.placeOf(to))
    const words = panel.thresholds?.length || state === "unknown" ? STATE_NAMES[state] : ""
    this.#state.textContent = words || (about ? `avg ${format(about.avg, panel.unit)}, max ${format(about.max, panel.unit)}` : "")
    this.#spark.draw(shown.slice(0, 1))
  }

  pointAt(time) {
    this.#spark.pointAt(time)
  }

  resized() {
    this.#spark.resized()
  }

  disconnect() {
    this.#spark.disconnect()
  }
}

export class GaugeView {
  #look
  #number
  #state
  #value

  constructor(place, look) {
    this.#look = look
    place.classList.add("gauge")
    const svg = document.createElementNS(SVG, "svg")
    svg.setAttribute("viewBox", "0 0 100 86")
    svg.setAttribute("aria-hidden", "true")
    for (const name of ["gauge-ground", "gauge-value"]) {
      const circle = svg.appendChild(document.createElementNS(SVG, "circle"))
      for (const [key, value] of Object.entries({ cx: 50, cy: 50, r: 40, transform: "rotate(135 50 50)" })) circle.setAttribute(key, value)
      circle.setAttribute("class", name)
      circle.setAttribute("stroke-dasharray", `${name === "gauge-value" ? 0 : ARC} 999`)
      this.#value = circle
    }
    const text = document.createElement("div")
    text.className = "gauge-text"
    this.#number = text.appendChild(document.createElement("p"))
    this.#number.className = "stat-number"
    this.#state = text.appendChild(document.createElement("p"))
    this.#state.className = "stat-state"
    place.replaceChildren(svg, text)
  }

  draw(shown) {
    if (!this.#look.frame) return
    const { panel, frame, window: { from, to } } = this.#look
    const value = current(this.#look, shown)
    const { low, high, isKnown } = dialOf(panel, shown[0] && summary(shown[0].values, frame.placeOf(from), frame.placeOf(to))?.max)
    const share = value === null ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low || 1)))
    const state = stateOf(value, panel.thresholds)
    this.#value.setAttribute("stroke-dasharray", `${share * ARC} 999`)
    this.#value.dataset.state = state
    this.#number.textContent = format(value, panel.unit)
    this.#number.dataset.state = state
    this.#state.textContent = panel.thresholds?.length || state === "unknown" ? STATE_NAMES[state] : `${isKnown ? "of" : "max"} ${format(high, panel.unit)}`
  }

  disconnect() {}
}
