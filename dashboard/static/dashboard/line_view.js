// Lines, areas, and areas on top of each other.

import { Crosshair } from "./crosshair.js"
import { stacked } from "./frame.js"
import { makePlot, realGaps, setNow, sizeOf } from "./plot.js"

const AREA = 0.16
const STACKED = 0.5

/**
 * A view shows what a panel has. `draw(shown)` brings it up to date; where other series are shown, or the place has
 * another size, it is made anew. All views have `draw` and `disconnect`.
 */
export class LineView {
  #crosshair = null
  #look
  #made = ""
  #place
  #plot = null
  #size = null

  /** @param {HTMLElement} place @param {object} look  what the panel knows: see panel.js */
  constructor(place, look) {
    this.#place = place
    this.#look = look
  }

  draw(shown) {
    const { frame } = this.#look
    if (!frame) return
    const size = (this.#size ??= sizeOf(this.#place))
    if (!size) return
    const made = JSON.stringify([size, frame.step, this.#look.theme, shown.map(({ key, reach, colour }) => [key, reach, colour])])
    if (made !== this.#made) this.#make(shown, size)
    this.#made = made
    this.#fill(shown)
  }

  /** The crosshair is at this moment, or at none. */
  pointAt(time) {
    this.#crosshair?.point(time)
  }

  /** The place has another size, or may have. */
  resized() {
    this.#size = null
  }

  disconnect() {
    this.#plot?.destroy()
    this.#plot = this.#crosshair = null
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
    this.#crosshair = new Crosshair(this.#plot, look.bare ? [] : shown)
  }

  #fill(shown) {
    const columns = this.#look.panel.type === "stacked" ? stacked(shown) : shown.map(({ values }) => values)
    columns.forEach((values, place) => (this.#plot.series[place + 1].measured = values))
    setNow(this.#plot, [this.#look.frame.times(), ...columns])
  }
}
