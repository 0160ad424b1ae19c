// The chart of a message: the last so many seconds of a hidden board, going on for as long as it can be seen.

import { AnnotationMarks } from "./annotation_marks.js"
import { Annotations } from "./annotations.js"
import { readBoard, readData } from "./api.js"
import { DrawQueue } from "./draw_queue.js"
import { Frame, summary } from "./frame.js"
import { described } from "./label_text.js"
import { LocalTimes } from "./local_times.js"
import { onTheme } from "./palette.js"
import { Panel } from "./panel.js"
import { PresentValue } from "./present_value.js"
import { FINE, PRESETS, queryOf, windowOf } from "./range.js"
import { Reading } from "./reading.js"
import { format } from "./units.js"

/** Whoever scrolls past comes back; a stream is let go of when a chart has been out of view for so long. */
const LINGER_MS = 3000
/** What the server answers where there is no such board. */
const GONE = 404
const NOTHING_MEASURED = "No data in this time"
/** So much of what was said then is told to those who do not see the marks: the newest. */
const SAID_MAX = 5

const queue = new DrawQueue()
const times = new LocalTimes()
const charts = new Set()
onTheme(() => charts.forEach((chart) => chart.remake()))

export class LiveChart {
  #annotations
  #element
  #marks
  #panel = null
  #present = new PresentValue()
  #reading
  #seen
  #sizes
  #timer = 0
  #isFollowing = false
  queue = queue
  times = times
  window

  /**
   * @param {HTMLElement} element  what templates/dashboard/attachments has
   * @param {{ board: string, title: string, seconds: number }} chart
   * @param {{ live: import("../realtime/live.js").Live, now: () => number }} page
   */
  constructor(element, { board, title, seconds }, { live, now }) {
    this.#element = element
    const range = { span: seconds }
    this.window = windowOf(range, now())
    this.#reading = new Reading({
      live, now, range, stream: `board.${board}`, told: this.#told,
      source: (wanted) => this.#source(board, wanted),
      width: () => Math.max(FINE, element.clientWidth),
    })
    this.#annotations = new Annotations({ live, windowOf: () => this.window })
    this.#annotations.addEventListener("change", () => this.#panel?.changed())
    this.#marks = new AnnotationMarks(this.#annotations, times)
    this.#seen = new IntersectionObserver(([entry]) => this.#sees(entry.isIntersecting))
    this.#sizes = new ResizeObserver(() => this.#panel?.resized())
    this.#describe(board, title, seconds)
  }

  connect() {
    charts.add(this)
    this.#seen.observe(this.#element)
    this.#sizes.observe(this.#element)
  }

  disconnect() {
    charts.delete(this)
    this.#seen.disconnect()
    this.#sizes.disconnect()
    this.#let()
    this.#panel?.disconnect()
  }

  remake() {
    this.#panel?.remake()
  }

  annotate = (plot) => this.#marks.draw(plot, this.window)

  /** A crosshair is shown where the pointer is, and nowhere else. */
  pointed = (time, panel) => {
    panel.pointAt(time)
    panel.tell()
  }

  #describe(board, title, seconds) {
    const find = (selector) => this.#element.querySelector(selector)
    this.#element.setAttribute("aria-label", `${title}, the last ${spanWords(seconds)}`)
    const link = find(".live-chart-title")
    link.textContent = title
    link.title = title
    const address = `/dashboard/${board}/${queryOf({ span: seconds })}`
    link.href ||= address
    find("[data-do=open]").href = address
    find(".live-chart-span").textContent = spanWords(seconds)
    const table = find("[data-do=table]")
    table.addEventListener("click", () => {
      const isTable = !this.#panel?.isTable
      this.#panel?.seeTable(isTable)
      table.setAttribute("aria-pressed", String(isTable))
    })
  }

  #sees(isVisible) {
    clearTimeout(this.#timer)
    if (this.#panel) this.#panel.isSeen = isVisible
    if (!isVisible) this.#timer = setTimeout(() => this.#let(), LINGER_MS)
    else if (this.#isFollowing) this.#panel?.changed()
    else this.#follow()
  }

  #follow() {
    this.#isFollowing = true
    this.#reading.connect()
  }

  #let() {
    clearTimeout(this.#timer)
    if (this.#isFollowing) this.#reading.disconnect()
    this.#isFollowing = false
    this.#annotations.disconnect()
  }

  /** What a chart is does not change; it is read once, before its first data. */
  async #source(slug, wanted) {
    if (!this.#panel) {
      const { board } = await readBoard(slug)
      this.#panel = new Panel(this.#element, { ...board.panels[0], type: "line" }, this)
      this.#panel.isSeen = true
    }
    return readData(slug, wanted)
  }

  get #told() {
    const frameOf = ({ from, to, step, panels }) => new Frame({ from, to, step, series: panels[this.#panel.panel.id] ?? [] })
    return {
      loading: () => {},
      failed: (error) => this.#fail(error),
      loaded: (data) => {
        this.#panel.show(frameOf(data))
        this.#element.querySelector(".legend").hidden = this.#panel.frame.series.length < 2
        this.#element.querySelector(".panel-nothing").textContent = NOTHING_MEASURED
        this.#present.begin(this.#panel.frame, data.to)
        this.#annotations.load()
      },
      renewed: (data) => this.#panel.frame.merge(frameOf(data)),
      heard: (tick) => this.#hear(tick, tick.panels[this.#panel.panel.id]),
      ticked: ({ t, panels }) => this.#panel.frame.apply(t, panels[this.#panel.panel.id] ?? [], described),
      moved: (edge) => this.#advance(edge),
      happened: () => {},
    }
  }

  #hear(tick, entries = []) {
    if (entries.length === 1 && this.#panel.frame.series.length < 2) this.#present.hear(tick, entries[0])
  }

  #advance(edge) {
    const { frame, panel } = this.#panel
    this.window = windowOf(this.#reading.range, edge)
    this.#annotations.reach(this.window.to)
    frame.reach(this.window.to)
    frame.trim(this.window.from)
    const [only] = frame.series
    this.#say(format(only ? this.#present.at(edge, only, frame.step) : null, panel.unit), only && frame.series.length === 1)
    this.#panel.goOn()
    this.#summarize(panel.unit)
  }

  #say(text, isAlone) {
    const value = this.#element.querySelector(".live-chart-value")
    value.hidden = !isAlone
    if (value.textContent !== text) value.textContent = text
  }

  /** In a few numbers, for those who do not see the lines. */
  #summarize(unit) {
    const { frame } = this.#panel
    const said = frame.series.map(({ name, values }) => {
      const known = summary(values, frame.placeOf(this.window.from))
      return known && `${name}: lowest ${format(known.min, unit)}, highest ${format(known.max, unit)}, average ${format(known.avg, unit)}`
    })
    const numbers = said.filter(Boolean).join("; ") || NOTHING_MEASURED
    const place = this.#element.querySelector(".live-chart-summary")
    const words = [numbers, ...this.#pinned()].join("; ")
    if (place.textContent !== words) place.textContent = words
  }

  #pinned() {
    const within = this.#annotations.list.filter(({ time }) => time >= this.window.from && time <= this.window.to)
    return within.slice(-SAID_MAX).map(({ time, author, text }) => `${times.moment(time, 1)}, ${author}: ${text}`)
  }

  /** It is asked for again and again, but for one that nobody has looked at for so long that it is gone; what was drawn stays. */
  #fail({ status }) {
    const isGone = status === GONE
    if (isGone) this.#let()
    if (this.#panel?.frame) return
    this.#element.classList.add("has-nothing")
    this.#element.querySelector(".panel-nothing").textContent = isGone ? "This chart is no longer kept" : "This chart cannot be loaded now"
  }
}

const spanWords = (seconds) =>
  PRESETS.find(({ span }) => span === seconds)?.name ?? (seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`)
