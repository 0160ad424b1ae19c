/** The server's log as the wire contract describes it: per stream a gapless sequence, of which the oldest may be gone. */
export class Log {
  epoch = "epoch1"
  #streams = new Map()

  append(stream, type, data = {}) {
    const kept = this.#stream(stream)
    kept.head += 1
    const event = { stream, seq: kept.head, type, at: "2026-01-01T10:00:00.123Z", data }
    kept.events.push(event)
    return event
  }

  /** Forgets everything before `oldest`. */
  prune(stream, oldest) {
    const kept = this.#stream(stream)
    kept.oldest = oldest
    kept.events = kept.events.filter(({ seq }) => seq >= oldest)
  }

  /** A backup from another life was restored. */
  rotate(epoch) {
    this.epoch = epoch
    this.#streams.clear()
  }

  standing(stream) {
    const { head, oldest } = this.#stream(stream)
    return { head, oldest }
  }

  after(stream, seq) {
    return this.#stream(stream).events.filter((event) => event.seq > seq)
  }

  /** Why a position cannot be served, or null. */
  resetReason(stream, seq, epoch) {
    const { head, oldest } = this.#stream(stream)
    if (seq > 0 && epoch && epoch !== this.epoch) return "epoch"
    if (seq > head) return "ahead"
    return seq > 0 && seq + 1 < oldest ? "truncated" : null
  }

  #stream(name) {
    if (!this.#streams.has(name)) this.#streams.set(name, { head: 0, oldest: 1, events: [] })
    return this.#streams.get(name)
  }
}
