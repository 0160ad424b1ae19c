// Lines, areas, and areas on top of each other.

import { stacked } from "./frame.js"
import { makePlot, pointAt, realGaps, setNow } from "./plot.js"

const AREA = 0.16
const STACKED = 0.5

/**
 * A view shows what a panel has. `draw(shown)` brings it up to date; where other series are shown, or the place has
 * another size, it is made anew. All views have `draw` and `disconnect`.
 */
export class LineView {
  #look
  #made = ""
  #place
  #plot = null

  /** @param {HTMLElement} place @param {object} look  what the panel knows: see panel.js */
  constructor(place, look) {
    this.#place = place
    this.#look = look
  }

  draw(shown) {
    const { frame } = this.#look
    const size = [this.#place.clientWidth, this.#place.clientHeight]
    if (!frame || !size[0] || !size[1]) return
    const made = JSON.stringify([size, frame.step, this.#look.theme, shown.map(({ key, reach, colour }) => [key, reach, colour])])
    if (made !== this.#made) this.#make(shown, size)
    this.#made = made
    this.#fill(shown)
  }

  /** Another chart's crosshair is at this moment, or at none. */
  pointAt(time) {
    if (this.#plot) pointAt(this.#plot, time)
  }

  disconnect() {
    this.#plot?.destroy()
    this.#plot = null
  }

  #make(shown, size) {
    this.disconnect()
    const look = this.#look
    const { type, unit, min, max } = look.panel
    const isStacked = type === "stacked"
    this.#plot = makePlot({
      place: this.#place, size, unit, times: look.times, range: () => look.window, bare: look.bare,
      min: min ?? undefined, max: max ?? undefined,
      series: shown.map(({ colour, reach }) => ({
        colour, reach, measured: [], gaps: realGaps(reach, look.frame.step),
        fill: isStacked ? STACKED : type === "area" || look.bare ? AREA : 0,
      })),
      bands: isStacked ? shown.slice(1).map((_, place) => ({ series: [place + 2, place + 1] })) : undefined,
      missing: () => look.missing(),
      marks: look.bare ? undefined : () => look.marks,
      spans: () => look.spans,
      zoomed: look.bare ? undefined : look.zoomed,
      pointed: look.pointed,
      drawn: look.bare ? undefined : look.annotate,
    })
  }

  #fill(shown) {
    const columns = this.#look.panel.type === "stacked" ? stacked(shown) : shown.map(({ values }) => values)
    columns.forEach((values, place) => (this.#plot.series[place + 1].measured = values))
    setNow(this.#plot, [this.#look.frame.times(), ...columns])
  }
}
