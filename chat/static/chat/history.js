// Which stretch of the room is loaded: grows in both directions as the reader nears an end, jumps to any `seq`.

import { messagesOf, newestMessages } from "./api.js"

const PAGE = 50
const NEAR_PX = 900
const KEPT_ROWS = 500

export class History extends EventTarget {
  #room
  #timeline
  #scroller
  #pane
  #before
  #after
  #newestSeen = 0
  #busy = false
  #generation = 0

  /** `before` and `after`: whether the room has more than the rows already in `timeline`, on either side. */
  constructor({ room, timeline, scroller, pane, before, after }) {
    super()
    this.#room = room
    this.#timeline = timeline
    this.#scroller = scroller
    this.#pane = pane
    this.#before = before
    this.#after = after
  }

  connect() {
    this.#scroller.addEventListener("move", this.check)
    this.#show()
    this.check()
  }

  disconnect() {
    this.#generation++
    this.#scroller.removeEventListener("move", this.check)
  }

  /** Whether the newest message of the room is among the rows. */
  get complete() {
    return !this.#after
  }

  /**
   * A message that has just been said. It becomes a row if the rows reach up to it. Call it inside keepPlace().
   * -> whether it is a new one
   */
  receive(message) {
    const known = message.seq <= this.#newestSeen
    this.#newestSeen = Math.max(this.#newestSeen, message.seq)
    if (this.#after) {
      this.#timeline.update(message)
      return !known
    }
    const added = this.#timeline.add(message)
    if (this.#scroller.pinned && this.#timeline.size > KEPT_ROWS + PAGE) this.#trim("first")
    return added
  }

  check = () => {
    if (this.#busy) return
    if (this.#before && this.#scroller.above < NEAR_PX) this.#load("before")
    else if (this.#after && this.#scroller.below < NEAR_PX) this.#load("after")
  }

  /** Brings the row with this `seq`, or the nearest there is, among the rows. -> the row, or undefined in an empty room */
  async reach(seq) {
    if (!this.#timeline.atSeq(seq)) {
      const page = await this.#only(() => messagesOf(this.#room, "around", seq, PAGE))
      if (!page) return undefined
      this.#replace(page)
    }
    return (
      this.#timeline.atSeq(seq) ??
      this.#timeline.rows.find((row) => Number(row.dataset.seq) >= seq) ??
      this.#timeline.last
    )
  }

  async reachNewest() {
    while (this.#after) {
      const page = await this.#only(() => newestMessages(this.#room, PAGE))
      if (!page) return
      this.#replace(page)
    }
  }

  async #load(side) {
    const before = side === "before"
    const edge = before ? this.#timeline.first : this.#timeline.last
    if (!edge) return
    const page = await this.#only(() => messagesOf(this.#room, side, Number(edge.dataset.seq), PAGE))
    const joins = edge === (before ? this.#timeline.first : this.#timeline.last)
    if (!page || !joins) return // a page that does not join the rows would leave a hole
    this.#scroller.keepPlace(() => {
      for (const message of before ? page.messages.toReversed() : page.messages) this.#timeline.add(message)
      this.#trim(before ? "last" : "first")
      if (before) this.#before = page.has_before
      else this.#after = page.has_after || this.#missesNewest()
      this.#show()
    })
  }

  /** Runs one read at a time; -> undefined if it failed, or if the reader has gone elsewhere meanwhile. */
  async #only(read) {
    const generation = ++this.#generation
    this.#busy = true
    try {
      const result = await read()
      return generation === this.#generation ? result : undefined
    } catch {
      return undefined // offline: the next move, or coming back live, tries again
    } finally {
      if (generation === this.#generation) this.#busy = false
    }
  }

  #replace({ messages, has_before, has_after }) {
    this.#timeline.replace(messages)
    this.#before = has_before
    this.#after = has_after || this.#missesNewest()
    this.#show()
  }

  /** A message may have been said after the server read the page and before the page came. */
  #missesNewest() {
    return Number(this.#timeline.last?.dataset.seq ?? 0) < this.#newestSeen
  }

  #trim(side) {
    const extra = this.#timeline.size - KEPT_ROWS
    if (extra <= 0) return
    const rows = this.#timeline.rows
    this.#timeline.remove(side === "first" ? rows.slice(0, extra) : rows.slice(-extra))
    if (side === "first") this.#before = true
    else this.#after = true
    this.#show()
  }

  #show() {
    this.#pane.querySelector("#timeline-start").hidden = this.#before
    this.#pane.querySelector("#loading-before").hidden = !this.#before
    this.#pane.querySelector("#loading-after").hidden = !this.#after
    this.dispatchEvent(new Event("change"))
  }
}
