// Many values over time as colours: a row for each series, the deeper the more.

import { Crosshair } from "./crosshair.js"
import { hatch, makePlot, setNow, sizeOf } from "./plot.js"
import { palette } from "./palette.js"
import { format } from "./units.js"

const SHADES = 12

export class HeatView {
  #crosshair = null
  #look
  #made = ""
  #place
  #plot = null
  #rows = []
  #size = null

  constructor(place, look) {
    this.#place = place
    this.#look = look
  }

  draw(shown) {
    const { frame } = this.#look
    if (!frame) return
    const size = (this.#size ??= sizeOf(this.#place))
    if (!size) return
    this.#rows = inOrder(shown)
    const made = JSON.stringify([size, this.#look.theme, this.#rows.map(({ key }) => key)])
    if (made !== this.#made) this.#make(size)
    this.#made = made
    setNow(this.#plot, [frame.times(), new Array(frame.length).fill(0)])
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

  #make(size) {
    this.disconnect()
    const look = this.#look
    const rows = this.#rows
    this.#plot = makePlot({
      place: this.#place, size, times: look.times, range: () => look.window, unit: "", min: 0, max: Math.max(1, rows.length),
      series: [{ colour: "transparent", width: 0, measured: [], reach: 1 }], missing: () => [],
      zoomed: look.zoomed, pointed: look.pointed, drawn: (u) => {
        this.#paint(u)
        look.annotate(u)
      },
    })
    this.#crosshair = new Crosshair(this.#plot, [])
    const [, names] = this.#plot.axes
    const every = Math.ceil(rows.length / Math.max(1, Math.floor(size[1] / 18)))
    names.splits = () => rows.map((_, place) => place + 0.5).filter((_, place) => place % every === 0)
    names.values = (_, marks) => marks.map((mark) => rowName(rows[Math.floor(mark)], look.panel.unit))
    names.grid.show = false
  }

  #paint(u) {
    const { frame } = this.#look
    const { from, to } = this.#look.window
    const [first, last] = [frame.placeOf(from), frame.placeOf(to)]
    const most = Math.max(0, ...this.#rows.map(({ values }) => highest(values, first, last)))
    const { ctx } = u
    const ink = palette().accent
    ctx.save()
    ctx.beginPath()
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height)
    ctx.clip()
    ctx.fillStyle = ink
    // A row with few values is no slower than the others: all places are as wide as those of the fullest.
    const reach = Math.min(...this.#rows.map((one) => one.reach))
    this.#rows.forEach(({ values }, row) => {
      const top = u.valToPos(row + 1, "y", true)
      const height = u.valToPos(row, "y", true) - top
      for (let place = first; place <= last; place += 1) {
        if (!values[place] || most <= 0) continue
        const left = Math.round(u.valToPos(frame.start + place * frame.step, "x", true))
        const right = Math.round(u.valToPos(frame.start + (place + reach) * frame.step, "x", true))
        ctx.globalAlpha = 0.1 + 0.9 * Math.ceil((Math.sqrt(values[place] / most)) * SHADES) / SHADES
        ctx.fillRect(left, Math.round(top), Math.max(1, right - left), Math.round(top + height) - Math.round(top))
      }
    })
    ctx.restore()
    for (const [begin, end] of this.#look.missing()) {
      const [left, right] = [u.valToPos(begin, "x", true), u.valToPos(end, "x", true)]
      const begins = Math.max(left, u.bbox.left)
      hatch(ctx, begins, u.bbox.top, right - begins, u.bbox.height, left <= u.bbox.left + 1)
    }
  }
}

const highest = (values, first, last) => {
  let most = 0
  for (let place = first; place <= last; place += 1) most = Math.max(most, values[place] ?? 0)
  return most
}

/** A bound of a histogram has a unit; anything else has a name. */
function rowName(row, unit) {
  const bound = Number(row?.labels?.le ?? NaN)
  return Number.isFinite(bound) ? `≤ ${format(bound, unit)}` : row?.name ?? ""
}

/** The bounds of a histogram from the lowest up; anything else by name. */
function inOrder(series) {
  const bound = ({ labels }) => Number(String(labels?.le ?? NaN).replace("+Inf", "Infinity"))
  return series.toSorted((a, b) => {
    const [low, high] = [bound(a), bound(b)]
    return Number.isNaN(low) || Number.isNaN(high) ? b.name.localeCompare(a.name, undefined, { numeric: true }) : low - high
  })
}
