// The panels of a board, and what they have in common: time, crosshair, and what of them can be seen.

import { DrawQueue } from "./draw_queue.js"
import { Frame } from "./frame.js"
import { described } from "./label_text.js"
import { Panel } from "./panel.js"
import { isLive, windowOf } from "./range.js"
import { Reading } from "./reading.js"

/** A mouse that has not moved for so long points at something. */
const REST_MS = 100

/**
 * Fires `loading`, `loaded` and `failed` (with the error as `detail`), `moved` when time went on, and `pointed` with the moment
 * under the crosshair.
 */
export class Board extends EventTarget {
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
    this.#sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#panels.get(target.closest(".panel"))?.changed()))
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
    this.#pointed = time
    this.#pointing = source
    if (!isPending) requestAnimationFrame(() => this.#point())
  }

  /** Its own values go with the mouse; those of all others come when it rests, or no frame would be on time. */
  #point() {
    const time = (this.#shown = this.#pointed)
    for (const panel of this.panels) panel.pointAt(time)
    this.#pointing.tell()
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => this.panels.forEach((panel) => panel.tell()), REST_MS)
    this.#say("pointed", time)
  }

  get #told() {
    return {
      loading: () => this.#say("loading"),
      failed: (error) => this.#say("failed", error),
      loaded: (data) => {
        for (const panel of this.panels) panel.show(frameOf(data, panel))
        this.#say("loaded")
      },
      renewed: (data) => this.panels.every((panel) => panel.frame.merge(frameOf(data, panel))),
      ticked: ({ t, panels }) => {
        const told = this.panels.filter(({ panel, frame }) => frame && panels[panel.id])
        return told.map(({ panel, frame }) => frame.apply(t, panels[panel.id], described)).every(Boolean)
      },
      moved: (edge) => this.#advance(edge),
      happened: (type, data) => this.#say(type, data),
    }
  }

  #advance(edge) {
    this.window = windowOf(this.range, edge)
    for (const panel of this.panels) {
      if (isLive(this.range)) {
        panel.frame?.reach(this.window.to)
        panel.frame?.trim(this.window.from)
      }
      panel.changed()
    }
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
    this.#say("moved")

const frameOf = ({ from, to, step, panels, more = {} }, { panel: { id } }) => new Frame({ from, to, step, series: panels[id] ?? [], more: more[id] })
