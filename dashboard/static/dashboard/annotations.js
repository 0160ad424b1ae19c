// What was said at the times that a board shows: read when other times are shown, and when somebody says that it changed.

import { ask, seqOf } from "./api.js"
import { STREAM } from "./watch.js"

/** After an answer that did not come. */
const AGAIN_MS = 5000
/** What is pinned a little ahead is seen when its time comes. */
const AHEAD = 3600
/** Marks closer than this are one, in pixels. */
const APART_PX = 16

/** Fires `change`. */
export class Annotations extends EventTarget {
  #live
  #stop = null
  #turn = 0
  #until = Infinity
  #windowOf
  list = []

  /**
   * @param {object} options
   * @param {{ subscribe: Function }} options.live
   * @param {() => { from: number, to: number }} options.windowOf  what is shown now, in seconds
   */
  constructor({ live, windowOf }) {
    super()
    this.#live = live
    this.#windowOf = windowOf
  }

  async load() {
    const turn = (this.#turn += 1)
    const { from, to } = this.#windowOf()
    const until = Math.ceil(to) + AHEAD
    this.#until = Infinity // until there is an answer
    try {
      const { annotations, cursor } = await ask(`annotations?${new URLSearchParams({ from: Math.floor(from), to: until })}`)
      if (turn !== this.#turn) return
      this.#until = until
      this.#follow(seqOf(cursor))
      this.list = annotations.map((one) => ({ ...one, time: Date.parse(one.at) / 1000 }))
      this.dispatchEvent(new Event("change"))
    } catch {
      setTimeout(() => turn === this.#turn && this.load(), AGAIN_MS)
    }
  }

  /** Time went on: what lies ahead of it has to be known. */
  reach(time) {
    if (time > this.#until) this.load()
  }

  disconnect() {
    this.#turn += 1
    this.#stop?.()
    this.#stop = null
  }

  #follow(seq) {
    this.#stop?.()
    this.#stop = this.#live.subscribe(STREAM, seq, {
      event: ({ type }) => type === "annotation.changed" && this.load(),
      reset: () => this.load(),
    })
  }
}

/**
 * What is shown of them: those that are within, and together what lies too close to be told apart. As time goes on the
 * same ones stay together.
 * @param {{ time: number }[]} list  in order
 * @param {{ from: number, to: number }} window
 * @param {number} width  in pixels
 * @returns {{ time: number, items: object[] }[]}
 */
export function clusters(list, { from, to }, width) {
  const size = 2 ** Math.ceil(Math.log2(Math.max((to - from) / Math.max(width, 1), 1e-3) * APART_PX))
  const found = new Map()
  for (const one of list) {
    if (one.time < from || one.time > to) continue
    const place = Math.floor(one.time / size)
    if (!found.has(place)) found.set(place, [])
    found.get(place).push(one)
  }
  return [...found.values()].map((items) => ({ time: items.reduce((sum, { time }) => sum + time, 0) / items.length, items }))
}
