// The panels of a board, and what they have in common: time, crosshair, and what of them can be seen.

import { DrawQueue } from "./draw_queue.js"
import { Frame } from "./frame.js"
import { described } from "./label_text.js"
import { Panel } from "./panel.js"
import { isLive, spanOf, windowOf } from "./range.js"
import { Reading } from "./reading.js"

/** A mouse that has not moved for so long points at something. */
const REST_MS = 100
/** While it moves, the lines on all other charts follow so often: each time most of the page has to be put together anew. */
const FOLLOW_MS = 50
/** As many as the widest chart may have: what moves by less than one cannot be seen. */
const PIXELS = 2000

/**
 * Fires `loading`, `loaded` and `failed` (with the error as `detail`), `moved` when time went on, and `pointed` with the moment
 * under the crosshair.
 */
export class Board extends EventTarget {
  #followed = 0
  #isNew = true
  #panels = new Map()
  #pointed = null
  #pointing = null
  #reading
  #resting = null
  #seen
  #shown = null
  #sizes
  /** @type {((plot: object) => void) | null}  puts what was said then on a chart that has just been drawn */
  annotate = null
  queue = new DrawQueue()
  window

  /**
   * @param {object} options  what a Reading needs, and besides
   * @param {object} options.times
   * @param {(from: number, to: number) => void} options.zoomed
   */
  constructor({ times, zoomed, ...reading }) {
    super()
    this.times = times
    this.zoomed = zoomed
    this.window = windowOf(reading.range, reading.now())
    this.#reading = new Reading({ ...reading, told: this.#told })
    this.#seen = new IntersectionObserver((entries) => entries.forEach((entry) => this.#sees(entry)), { rootMargin: "100px" })
    this.#sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#panels.get(target.closest(".panel"))?.resized()))
  }

  get panels() {
    return [...this.#panels.values()]
  }

  panelOf(element) {
    return this.#panels.get(element)
  }

  /** @param {HTMLElement} element @param {object} panel */
  add(element, panel) {
    const made = new Panel(element, panel, this)
    this.#panels.set(element, made)
    this.#seen.observe(element)
    this.#sizes.observe(bodyOf(element))
    return made
  }

  remove(element) {
    this.#panels.get(element)?.disconnect()
    this.#panels.delete(element)
    this.#seen.unobserve(element)
    this.#sizes.unobserve(bodyOf(element))
  }

  connect() {
    return this.#reading.connect()
  }

  disconnect() {
    this.#reading.disconnect()
  }

  get range() {
    return this.#reading.range
  }

  set range(range) {
    this.#reading.range = range
  }

  load() {
    return this.#reading.load()
  }

  /** From now on what another source says, which has no stream. */
  preview(source) {
    this.#reading.preview(source)
  }

  remake() {
    for (const panel of this.panels) panel.remake()
  }

  /** The mouse is over a panel, at a moment or at none. */
  pointed(time, source) {
    if (time === this.#pointed) return
    const isPending = this.#pointed !== this.#shown
    if (source !== this.#pointing) this.#followed = 0
    this.#pointed = time
    this.#pointing = source
    if (!isPending) requestAnimationFrame(() => this.#point())
  }

  /** What it is over goes with the mouse; the lines of all others follow, and their values come when it rests. */
  #point() {
    const time = (this.#shown = this.#pointed)
    this.#pointing.pointAt(time)
    this.#pointing.say()
    const now = performance.now()
    if (time === null || now - this.#followed >= FOLLOW_MS) {
      this.#followed = now
      this.#follow()
    }
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => {
      this.#follow()
      for (const panel of this.panels) panel.tell()
    }, REST_MS)
    this.#say("pointed", time)
  }

  #follow() {
    for (const panel of this.panels) if (panel !== this.#pointing) panel.pointAt(this.#shown)
  }

  get #told() {
    return {
      loading: () => this.#say("loading"),
      failed: (error) => this.#say("failed", error),
      loaded: (data) => {
        this.#isNew = true
        for (const panel of this.panels) panel.show(frameOf(data, panel))
        this.#say("loaded")
      },
      renewed: (data) => {
        this.#isNew = true
        const merged = this.panels.map((panel) => panel.frame.merge(frameOf(data, panel)))
        return merged.includes(null) ? null : merged.every(Boolean)
      },
      ticked: ({ t, panels }) => {
        this.#isNew = true
        const told = this.panels.filter(({ panel, frame }) => frame && panels[panel.id])
        return told.map(({ panel, frame }) => frame.apply(t, panels[panel.id], described)).every(Boolean)
      },
      moved: (edge) => this.#advance(edge),
      happened: (type, data) => this.#say(type, data),
    }
  }

  #advance(edge) {
    const window = windowOf(this.range, edge)
    if (!this.#isNew && window.to - this.window.to < spanOf(this.range) / PIXELS) return
    this.#isNew = false
    this.window = window
    for (const panel of this.panels) {
      if (isLive(this.range)) {
        panel.frame?.reach(this.window.to)
        panel.frame?.trim(this.window.from)
      }
      panel.goOn()
    }
    this.#say("moved")
  }

  #sees({ target, isIntersecting }) {
    const panel = this.#panels.get(target)
    if (!panel) return
    panel.isSeen = isIntersecting
    panel.changed()
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

/** A legend that grows takes its room from the chart. */
const bodyOf = (element) => element.querySelector(".panel-body")

const frameOf = ({ from, to, step, panels, more = {} }, { panel: { id, type } }) =>
  new Frame({ from, to, step, series: panels[id] ?? [], more: more[id], isList: type === "table" })
