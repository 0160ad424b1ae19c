// A board's panels and what they show: history as a snapshot says it, and from its position on every tick.

import { seqOf } from "./api.js"
import { DrawQueue } from "./draw_queue.js"
import { Frame } from "./frame.js"
import { Panel } from "./panel.js"
import { isLive, spanOf, windowOf } from "./range.js"

const SECOND_MS = 1000
/** Windows are told of when they are closed; for so many seconds what has not come is not missing yet. */
const GRACE = 6
/** Where a place is longer than a tick, the end is asked for anew so often: at least, and at most, in seconds. */
const FRESH = [10, 60]
/** After an answer that did not come. */
const AGAIN_MS = 5000
/** What is not stored has no stream: it is asked for again and again, so often in seconds. */
const POLLED = 3

/** Fires `loading`, `loaded` and `failed` (with the error as `detail`), and `pointed` with the moment under the crosshair. */
export class Board extends EventTarget {
  #asked = 0
  #edge = 0
  #live
  #now
  #panels = new Map()
  #pointed = null
  #range
  #seen
  #sizes
  #source
  #stop = null
  #stream
  #timer = null
  #turn = 0
  #width
  queue = new DrawQueue()
  window

  /**
   * @param {object} options
   * @param {(wanted: { from: number, to: number, width: number }) => Promise<object>} options.source  reads a snapshot
   * @param {string | null} options.stream  what goes on from there; null where nothing does
   * @param {import("../realtime/live.js").Live} options.live
   * @param {object} options.times
   * @param {object} options.range
   * @param {() => number} options.now  the server's time, in seconds
   * @param {() => number} options.width  of the widest chart, in pixels
   * @param {(from: number, to: number) => void} options.zoomed
   */
  constructor({ source, stream, live, times, range, now, width, zoomed }) {
    super()
    this.#source = source
    this.#stream = stream
    this.#live = live
    this.#now = now
    this.#width = width
    this.#range = range
    this.times = times
    this.zoomed = zoomed
    this.window = windowOf(range, now())
    this.#seen = new IntersectionObserver((entries) => entries.forEach((entry) => this.#sees(entry)), { rootMargin: "100px" })
    this.#sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#panels.get(target)?.changed()))
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
    this.#sizes.observe(element)
    return made
  }

  remove(element) {
    this.#panels.get(element)?.disconnect()
    this.#panels.delete(element)
    this.#seen.unobserve(element)
    this.#sizes.unobserve(element)
  }

  async connect() {
    this.#timer = setInterval(() => this.#second(), SECOND_MS)
    await this.load()
  }

  disconnect() {
    clearInterval(this.#timer)
    this.#turn += 1
    this.#stop?.()
  }

  get range() {
    return this.#range
  }

  set range(range) {
    this.#range = range
    this.load()
  }

  /** From now on what another source says, which has no stream. */
  preview(source) {
    this.#stop?.()
    this.#stop = this.#stream = null
    this.#source = source
    this.load()
  }

  remake() {
    for (const panel of this.panels) panel.remake()
  }

  pointed = (time) => {
    if (time === this.#pointed) return
    if (this.#pointed === null || time === null) this.#point(time)
    else requestAnimationFrame(() => this.#pointed !== null && this.#point(time))
  }

  #point(time) {
    this.#pointed = time
    for (const panel of this.panels) panel.pointAt(time)
    this.dispatchEvent(new CustomEvent("pointed", { detail: time }))
  }

  /** Takes a snapshot of the range, and follows the stream from its position. */
  async load() {
    const turn = (this.#turn += 1)
    const { from, to } = windowOf(this.#range, this.#now())
    this.dispatchEvent(new Event("loading"))
    try {
      const data = await this.#source({ from, to, width: this.#width() })
      if (turn === this.#turn) this.#begin(data)
    } catch (error) {
      if (turn !== this.#turn) return
      this.dispatchEvent(new CustomEvent("failed", { detail: error }))
      setTimeout(() => turn === this.#turn && this.load(), AGAIN_MS)
    }
  }

  #begin(data) {
    this.#asked = this.#now()
    for (const panel of this.panels) panel.show(frameOf(data, panel))
    this.#edge = Math.max(data.to, this.#asked - GRACE)
    this.#advance()
    if (this.#stream) this.#follow(seqOf(data.cursor))
    this.dispatchEvent(new Event("loaded"))
  }

  #follow(seq) {
    this.#stop?.()
    this.#stop = this.#live.subscribe(this.#stream, seq, {
      event: ({ type, data }) => type === "board.tick" ? this.#tick(data) : this.dispatchEvent(new CustomEvent(type, { detail: data })),
      reset: () => this.load(),
    })
  }

  #tick({ t, step, panels, revised }) {
    if (!revised) this.#edge = Math.max(this.#edge, t + step)
    for (const panel of this.panels) {
      const entries = panels[panel.panel.id]
      if (entries && panel.frame?.step === step && (isLive(this.#range) || t < this.window.to)) {
        panel.frame.apply(t, entries, described)
      }
    }
    this.#advance()
  }

  /** Without ticks time goes on all the same: what is missing is seen to be. */
  #second() {
    const now = this.#now()
    if (!isLive(this.#range) || !this.panels[0]?.frame) return
    const { step } = this.panels[0].frame
    if (!this.#stream && now - this.#asked > POLLED) this.load()
    else if (step > 1 && now - this.#asked > Math.min(FRESH[1], Math.max(FRESH[0], step))) this.#freshen(now)
    if (now - GRACE <= this.#edge) return
    this.#edge = now - GRACE
    this.#advance()
  }

  #advance() {
    this.window = windowOf(this.#range, this.#edge)
    for (const panel of this.panels) {
      if (isLive(this.#range)) {
        panel.frame?.reach(this.window.to)
        panel.frame?.trim(this.window.from)
      }
      panel.changed()
    }
  }

  /** The last two places anew, in the steps there are. */
  async #freshen(now) {
    const turn = this.#turn
    this.#asked = now
    const { step } = this.panels[0].frame
    const from = (Math.floor(now / step) - 2) * step
    const width = Math.max(1, Math.round((this.#width() * (now - from)) / spanOf(this.#range)))
    const data = await this.#source({ from, to: now, width }).catch(() => null)
    if (!data || turn !== this.#turn) return
    const isWhole = this.panels.every((panel) => panel.frame.merge(frameOf(data, panel)))
    if (!isWhole) this.load()
    else this.#advance()
  }

  #sees({ target, isIntersecting }) {
    const panel = this.#panels.get(target)
    if (!panel) return
    panel.isSeen = isIntersecting
    panel.changed()
  }
}

const frameOf = ({ from, to, step, panels }, { panel }) => new Frame({ from, to, step, series: panels[panel.id] ?? [] })

/** What can be said of a series that only a tick has told of. */
function described(key) {
  try {
    const labels = JSON.parse(key)
    return { labels, name: Object.values(labels).join(", ") || key }
  } catch {
    return { labels: {}, name: key }
  }
}
