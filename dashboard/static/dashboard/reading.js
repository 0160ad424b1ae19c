// What a board is told: history as a snapshot says it, and from its position on every tick.

import { seqOf } from "./api.js"
import { isLive, windowOf } from "./range.js"

const SECOND_MS = 1000
/** Windows are told of when they are closed; for so many seconds what has not come is not missing yet. */
const GRACE = 6
/** Where a place is longer than a tick, the end is asked for anew so often: at least, and at most, in seconds. */
const FRESH = [10, 60]
/** More than the last two places and the one that has begun are, though clocks differ; fewer than they would be in shorter steps. */
const FRESH_WINDOWS = 9
/** After an answer that did not come. */
const AGAIN_MS = 5000
/** A hole among the ticks has everything read anew, but not again and again: so many seconds lie between. */
const APART = 10
/** News of other series than are drawn has everything read anew when so many seconds have gone by. */
const CHOSEN = 60
/** What is not stored has no stream: it is asked for again and again, so often in seconds. */
const POLLED = 3

/**
 * @typedef {object} Told   who is told what
 * @property {() => void} loading
 * @property {(data: object) => void} loaded    a whole snapshot
 * @property {(error: Error) => void} failed    it is asked for again
 * @property {(data: object) => boolean | null} renewed   the last places anew; false where there is more to them, null where they do not fit
 * @property {(tick: object) => void} [heard]   every tick, of whatever step
 * @property {(tick: object) => boolean} ticked    one in the steps of the snapshot; false where it tells of what that left out
 * @property {(edge: number) => void} moved     time went on: up to here what has not come is missing
 * @property {(type: string, data: object) => void} happened   anything else on the stream
 */

export class Reading {
  #asked = 0
  #edge = 0
  #isOutdated = false
  #live
  #now
  #range
  #read = 0
  #source
  #step = null
  #stop = null
  #stream
  #timer = null
  #told
  #turn = 0
  #until = 0
  #width

  /**
   * @param {object} options
   * @param {(wanted: { from: number, to?: number, width: number }) => Promise<object>} options.source  reads a snapshot
   * @param {string | null} options.stream  what goes on from there; null where nothing does
   * @param {import("../realtime/live.js").Live} options.live
   * @param {object} options.range
   * @param {() => number} options.now  the server's time, in seconds
   * @param {() => number} options.width  of the widest chart, in pixels
   * @param {Told} options.told
   */
  constructor({ source, stream, live, range, now, width, told }) {
    this.#source = source
    this.#stream = stream
    this.#live = live
    this.#range = range
    this.#now = now
    this.#width = width
    this.#told = told
  }

  get range() {
    return this.#range
  }

  set range(range) {
    this.#range = range
    this.load()
  }

  async connect() {
    this.#timer = setInterval(() => this.#second(), SECOND_MS)
    await this.load()
  }

  disconnect() {
    clearInterval(this.#timer)
    this.#turn += 1
    this.#stop?.()
    this.#stop = null
  }

  /** From now on what another source says, which has no stream. */
  preview(source) {
    this.#stop?.()
    this.#stop = this.#stream = null
    this.#source = source
    this.load()
  }

  /** Takes a snapshot of the range, and follows the stream from its position. */
  async load() {
    const turn = (this.#turn += 1)
    const { from, to } = windowOf(this.#range, this.#now())
    this.#asked = this.#read = Infinity // until there is an answer, nothing is asked for because of the time
    this.#told.loading()
    try {
      // The present is the server's: its clock and this one may differ by more than a window.
      const data = await this.#source({ from, to: isLive(this.#range) ? undefined : to, width: this.#width() })
      if (turn === this.#turn) this.#begin(data)
    } catch (error) {
      if (turn !== this.#turn) return
      this.#told.failed(error)
      setTimeout(() => turn === this.#turn && this.load(), AGAIN_MS)
    }
  }

  #begin(data) {
    this.#asked = this.#read = this.#now()
    this.#isOutdated = false
    this.#step = data.step
    this.#until = data.to
    this.#edge = Math.max(data.to, this.#asked - GRACE)
    this.#told.loaded(data)
    this.#told.moved(this.#edge)
    if (this.#stream) this.#follow(seqOf(data.cursor))
  }

  #follow(seq) {
    this.#stop?.()
    this.#stop = this.#live.subscribe(this.#stream, seq, {
      event: ({ type, data }) => this.#event(type, data),
      reset: () => this.load(),
      revoked: () => this.#told.happened("ended", {}),
      denied: ({ reason }) => reason !== "limit" && this.#told.happened("ended", {}),
    })
  }

  #event(type, data) {
    if (type === "board.tick") this.#tick(data)
    else if (type === "board.revised") this.load()
    else this.#told.happened(type, data)
  }

  #tick(tick) {
    this.#told.heard?.(tick)
    if (!tick.revised) {
      if (this.#skips(tick.t)) return void this.load()
      this.#until = Math.max(this.#until, tick.t + tick.step)
      this.#edge = Math.max(this.#edge, this.#until)
    }
    if (tick.step === this.#step && (isLive(this.#range) || tick.t < this.#range.to)) this.#isOutdated ||= !this.#told.ticked(tick)
    this.#told.moved(this.#edge)
  }

  /** After a long outage a board is told of the last seconds only: what lies before them has to be asked for. */
  #skips(t) {
    return isLive(this.#range) && t > this.#until && this.#now() - this.#asked > APART
  }

  /** Without ticks time goes on all the same: what is missing is seen to be. */
  #second() {
    const now = this.#now()
    if (!isLive(this.#range) || this.#step === null) return
    if (!this.#stream && now - this.#asked > POLLED) this.load()
    else if (this.#isOutdated && now - this.#read > CHOSEN) this.load()
    else if (this.#step > 1 && now - this.#asked > Math.min(FRESH[1], Math.max(FRESH[0], this.#step))) this.#freshen(now)
    if (now - GRACE <= this.#edge) return
    this.#edge = now - GRACE
    this.#told.moved(this.#edge)
  }

  /** The last two places anew, in the steps there are. */
  async #freshen(now) {
    const turn = this.#turn
    const step = this.#step
    this.#asked = now
    const from = (Math.floor(now / step) - 2) * step
    const data = await this.#source({ from, width: FRESH_WINDOWS }).catch(() => null)
    if (!data || turn !== this.#turn) return
    const isWhole = this.#told.renewed(data)
    if (isWhole === null) return void this.load()
    this.#isOutdated ||= !isWhole
    this.#told.moved(this.#edge)
  }
}
