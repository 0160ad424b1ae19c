// The two buttons over the timeline: up to the first unread message, down to the newest.

import { times } from "../project/times.js"

const FAR_PX = 320

export class Jumps {
  #unread
  #newest
  #parts
  #new = 0
  #firstUnread

  /** `firstUnread`: {seq, count, at} of what was unread when the room was opened, or null. */
  constructor(pane, parts, firstUnread) {
    this.#unread = pane.querySelector("#jump-unread")
    this.#newest = pane.querySelector("#jump-newest")
    this.#parts = parts
    this.#firstUnread = firstUnread
    const [up, dismiss] = this.#unread.querySelectorAll("button")
    up.addEventListener("click", () => this.toUnread())
    dismiss.addEventListener("click", () => this.toNewest())
    this.#newest.querySelector("button").addEventListener("click", () => this.toNewest())
  }

  connect() {
    this.#parts.scroller.addEventListener("move", this.#draw)
    this.#parts.history.addEventListener("change", this.#draw)
    this.#draw()
  }

  disconnect() {
    this.#parts.scroller.removeEventListener("move", this.#draw)
    this.#parts.history.removeEventListener("change", this.#draw)
  }

  /** One more message of somebody else came while the reader was further up. */
  countNew() {
    if (this.#parts.scroller.pinned && this.#parts.history.complete) return
    this.#new++
    this.#draw()
  }

  async toUnread() {
    const row = await this.#parts.history.reach(this.#firstUnread.seq)
    this.#firstUnread = null
    if (row) this.#parts.scroller.to(row, "start")
    row?.querySelector(".message").focus({ preventScroll: true })
    this.#draw()
  }

  async toNewest() {
    this.#firstUnread = null
    await this.#parts.history.reachNewest()
    this.#parts.scroller.toBottom()
    this.#draw()
  }

  #draw = () => {
    const { scroller, history, timeline } = this.#parts
    const atEnd = history.complete && scroller.pinned
    if (atEnd) this.#new = 0
    this.#newest.hidden = history.complete && scroller.below < FAR_PX && !(this.#new && !atEnd)
    this.#newest.classList.toggle("has-new", this.#new > 0)
    this.#newest.querySelector(".jump-text").textContent = this.#new
      ? `Jump to newest (${this.#new} new)`
      : "Jump to newest"

    const row = timeline.unreadRow
    if (this.#firstUnread && row && scroller.sideOf(row) >= 0) this.#firstUnread = null
    this.#unread.hidden = !this.#firstUnread
    if (this.#firstUnread) {
      const { count, at } = this.#firstUnread
      const since = at ? ` since ${times.clock(at)}` : ""
      this.#unread.querySelector(".jump-text").textContent = `${count} unread${since}: jump to the first`
    }
  }
}
