// Tells the server how far the reader has read: what was on the screen, while they were looking at it.

const SETTLE_MS = 400

export class ReadMarker {
  #room
  #parts
  #readSeq
  #timer

  /** parts: {live, scroller, roomsList}; `readSeq` is how far the reader had read when the room was opened. */
  constructor(room, readSeq, parts) {
    this.#room = room
    this.#readSeq = readSeq
    this.#parts = parts
  }

  connect() {
    this.#parts.scroller.addEventListener("move", this.#later)
    addEventListener("focus", this.#later)
    document.addEventListener("visibilitychange", this.#later)
    this.#parts.live.addEventListener("state", this.#later)
    this.#later()
  }

  disconnect() {
    clearTimeout(this.#timer)
    this.#parts.scroller.removeEventListener("move", this.#later)
    removeEventListener("focus", this.#later)
    document.removeEventListener("visibilitychange", this.#later)
    this.#parts.live.removeEventListener("state", this.#later)
  }

  get readSeq() {
    return this.#readSeq
  }

  /** Whether somebody is looking at this page now. */
  get watched() {
    return document.visibilityState === "visible" && document.hasFocus()
  }

  /** Another device of the reader may have read further. */
  moved(readSeq) {
    this.#readSeq = Math.max(this.#readSeq, readSeq)
  }

  #later = () => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#mark, SETTLE_MS)
  }

  #mark = async () => {
    const { live, scroller, roomsList } = this.#parts
    if (!this.watched || live.state.phase !== "live") return
    const seq = Number(scroller.lastVisible()?.dataset.seq ?? 0)
    if (seq <= this.#readSeq) return
    const before = this.#readSeq
    this.#readSeq = seq
    try {
      const { read_seq, unread } = await live.command("room.read", { room: this.#room, seq })
      roomsList.read(this.#room, read_seq, unread)
    } catch {
      this.#readSeq = before // the next move, or coming back live, says it again
    }
  }
}
