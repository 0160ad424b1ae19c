// One panel of a board: its title, what it draws, its legend, and what can be done with it.

import { Choice } from "./choice.js"
import { toCsv } from "./csv.js"
import { DataTable } from "./data_table.js"
import { HeatView } from "./heat_view.js"
import { Legend } from "./legend.js"
import { LineView } from "./line_view.js"
import { StatusView, TextView, TopView } from "./list_views.js"
import { GaugeView, StatView } from "./number_views.js"
import { COLOURS, palette } from "./palette.js"
import { format } from "./units.js"

const VIEWS = {
  line: LineView, area: LineView, stacked: LineView, stat: StatView, gauge: GaugeView,
  heatmap: HeatView, table: TopView, status: StatusView, text: TextView,
}
const WITH_LEGEND = new Set(["line", "area", "stacked"])
/** Which series a list has where it is not all of them. */
const LARGEST = "Those with the largest values now, of all that are measured."
const CHARTS = new Set([...WITH_LEGEND, "heatmap", "stat", "gauge"])

export class Panel {
  #board
  #choice = new Choice()
  #element
  #isOther = true
  #legend
  #look
  #pointedAt = null
  #queue
  #view = null
  #marks = []
  #spans = []
  /** Whether any of it can be seen: what cannot is not drawn. */
  isSeen = false
  isTable = false
  frame = null

  /**
   * @param {HTMLElement} element  a copy of templates/dashboard/panel.html
   * @param {object} panel  as the board says it
   * @param {{ queue: import("./draw_queue.js").DrawQueue, times: object, window: object, zoomed: Function, pointed: Function }} board
   */
  constructor(element, panel, board) {
    this.#element = element
    this.#board = board
    this.#queue = board.queue
    this.panel = panel
    const list = element.querySelector(".legend")
    list.hidden = !WITH_LEGEND.has(panel.type)
    this.#legend = new Legend(list, this.#choice, {
      toggled: (key) => this.#chose(() => this.#choice.toggle(key)),
      isolated: (key) => this.#chose(() => this.#choice.isolate(key, this.frame.series.map((one) => one.key))),
    })
    this.#look = this.#looks()
    this.#makeView()
  }

  get order() {
    return this.#choice.order
  }

  set order(order) {
    this.#chose(() => (this.#choice.order = order))
  }

  get hasChart() {
    return CHARTS.has(this.panel.type)
  }

  /** Other data: of another time, or of other queries. */
  show(frame) {
    this.frame = frame
    this.#sayMore()
    this.#isOther = true
    this.changed()
  }

  changed() {
    if (this.isSeen) this.#queue.add(this)
  }

  /** Another second: nobody waits for just this panel. */
  goOn() {
    if (this.isSeen) this.#queue.goOn(this)
  }

  /**
   * What is drawn besides the lines.
   * @param {import("./plot_marks.js").Mark[]} marks
   * @param {import("./plot_marks.js").Span[]} [spans]
   */
  mark(marks, spans = []) {
    this.#marks = marks
    this.#spans = spans
    this.changed()
  }

  /** Its place has another size. */
  resized() {
    this.#view.resized?.()
    this.changed()
  }

  /** Everything anew: another theme. */
  remake() {
    this.#look.theme += 1
    this.changed()
  }

  seeTable(isTable) {
    this.isTable = isTable
    this.#makeView()
    this.changed()
  }

  /** The crosshair is at a moment, in whichever panel; its values are told with `tell`, or `say` at once. */
  pointAt(time) {
    this.#pointedAt = time
    if (this.isSeen && this.frame) this.#view.pointAt?.(time)
  }

  tell() {
    if (this.isSeen && this.frame) this.#queue.say(this)
  }

  csv() {
    return toCsv(this.frame, this.#choice.shown(this.frame.series), this.#board.window)
  }

  draw() {
    if (!this.frame) return
    const { series } = palette()
    for (const one of this.frame.series) one.colour = series[one.hue % COLOURS]
    const shown = this.#choice.shown(this.frame.series)
    this.#element.classList.toggle("has-nothing", this.panel.type !== "text" && !hasValues(shown, this.frame, this.#board.window))
    if (this.#isOther) {
      this.#drawLegend() // before the chart, which has the room that this leaves
      this.#view.resized?.()
    }
    this.#isOther = false
    this.#view.draw(shown)
    if (this.#pointedAt !== null) this.#view.pointAt?.(this.#pointedAt)
  }

  /** In words what was drawn. */
  say() {
    if (!this.frame) return
    this.#drawLegend()
    this.#describe(this.#choice.shown(this.frame.series))
  }

  disconnect() {
    this.#queue.remove(this)
    this.#view.disconnect()
  }

  #looks() {
    const panel = this
    const board = this.#board
    return {
      panel: this.panel, times: board.times, theme: 0, bare: false,
      zoomed: board.zoomed, pointed: (time) => board.pointed(time, this),
      annotate: (plot) => board.annotate?.(plot),
      get frame() { return panel.frame },
      get window() { return board.window },
      get marks() { return panel.#marks },
      get spans() { return panel.#spans },
      missing: () => this.frame.missing(board.window.from, board.window.to, this.#choice.shown(this.frame.series)),
    }
  }

  #makeView() {
    this.#view?.disconnect()
    const old = this.#element.querySelector(".panel-view")
    const place = document.createElement("div")
    place.className = "panel-view"
    old.replaceWith(place)
    const View = this.isTable ? DataTable : (VIEWS[this.panel.type] ?? TextView)
    this.#view = new View(place, this.#look)
  }

  #sayMore() {
    const { more, told, count } = this.frame
    const isList = this.panel.type === "table"
    const place = this.#element.querySelector(".panel-more")
    place.hidden = !more
    place.textContent = more ? `${told} ${isList ? "largest " : ""}of ${count} series` : ""
    if (isList) place.title = LARGEST
  }

  #chose(work) {
    work()
    this.changed()
  }

  #drawLegend() {
    if (!WITH_LEGEND.has(this.panel.type)) return
    const { frame } = this
    const at = this.#pointedAt
    const valueOf = (one) => (at === null ? frame.newest(one, this.#board.window.to, 3) : frame.at(one, at, 1))
    const first = frame.placeOf(this.#board.window.from)
    const sizes = (key) => {
      const { values } = frame.series.find((one) => one.key === key)
      const known = values.slice(first).filter((value) => value !== null)
      return known.length ? { last: known.at(-1), max: known.reduce((a, b) => Math.max(a, b)) } : null
    }
    this.#legend.draw(this.#choice.sorted(frame.series, sizes), valueOf, this.panel.unit)
  }

  /** What a chart says to those who hear it; the numbers are in its table. */
  #describe(shown) {
    const place = this.#element.querySelector(".panel-view")
    if (this.isTable || !this.hasChart) return void (place.role = "group")
    const last = this.frame.placeOf(this.#board.window.to - this.frame.step)
    const said = shown.slice(0, 5).map(({ name, values }) => `${name} ${format(values[last] ?? null, this.panel.unit)}`)
    if (place.role !== "img") place.role = "img"
    place.ariaLabel = `${this.panel.title}: ${said.join(", ") || "no data"}`
  }
}

function hasValues(shown, frame, { from, to }) {
  const [first, last] = [frame.placeOf(from), frame.placeOf(to)]
  return shown.some(({ values }) => {
    for (let place = first; place <= last; place += 1) if (values[place] !== null && values[place] !== undefined) return true
    return false
  })
}
