/**
 * The streams that one connection follows, and how far it has read each.
 *
 * A stream is `asked` from the moment the server is asked for it until it answers `subscribed`, `reset` or `denied`.
 * Events that arrive in between belong to an earlier question and are passed over: the replay brings them again. At
 * most one question per stream is under way, so an answer is never taken for another's; what is wanted meanwhile is
 * kept in `wish`.
 *
 * @typedef {object} Place
 * @property {number} seq           the last event handed on
 * @property {boolean} asked
 * @property {number | null} wish   while asked: the lowest position anyone needs, or null when nobody does any more
 * @property {boolean} refused      over the limit of streams; asked for again when wanted anew or on a new connection
 * @property {object | null} subscribed   the server's last answer
 */
export class Followed {
  /** @type {Map<string, Place>} */
  #places = new Map()

  /** Someone needs what comes after `seq`. Returns whether the server must be asked. */
  want(stream, seq) {
    const place = this.#places.get(stream)
    this.#places.delete(stream)
    this.#places.set(stream, place ?? { seq, asked: true, wish: seq, refused: false, subscribed: null })
    if (!place) return true
    if (place.refused || (!place.asked && seq < place.seq)) return this.#ask(place, Math.min(place.seq, seq))
    if (place.asked) place.wish = Math.min(place.wish ?? seq, seq)
    return false
  }

  /** Nobody needs it any more. Returns whether the server must be told. */
  drop(stream) {
    const place = this.#places.get(stream)
    if (!place) return false
    if (place.asked) place.wish = null
    else this.#places.delete(stream)
    return !place.asked
  }

  clear() {
    this.#places.clear()
  }

  /** The server is about to be asked: what was dropped before that is not asked for, so no answer will come. */
  forgetDropped(streams = this.#places.keys()) {
    const dropped = [...streams].filter((stream) => this.#isDropped(this.#places.get(stream)))
    for (const stream of dropped) this.#places.delete(stream)
    return dropped
  }

  /** A new connection begins: everything that is still wanted is asked for again. */
  askAll() {
    this.forgetDropped()
    for (const place of this.#places.values()) this.#ask(place, place.asked ? Math.min(place.wish, place.seq) : place.seq)
  }

  /**
   * How far each stream is read that the server should serve: what goes into a cursor. The last one wanted comes first:
   * where there is a limit, what somebody has just opened is served.
   */
  positions() {
    const served = new Map()
    for (const [stream, place] of [...this.#places].reverse()) {
      if (!place.refused && !this.#isDropped(place)) served.set(stream, place.seq)
    }
    return served
  }

  /** How far each stream is read, served or not: what a tab compares itself with. */
  heads() {
    return new Map(Array.from(this.#places, ([stream, place]) => [stream, place.seq]))
  }

  /** The server's last answer for a stream that is being served, with the head as it is now, or null. */
  standing(stream) {
    const place = this.#places.get(stream)
    if (!place?.subscribed || place.asked) return null
    return { ...place.subscribed, head: Math.max(place.subscribed.head, place.seq) }
  }

  /**
   * An event arrived.
   * @returns {"next" | "known" | "gap"} whether it is the next one, nothing new, or shows that one is missing
   */
  event({ stream, seq }) {
    const place = this.#places.get(stream)
    if (!place || place.asked || seq <= place.seq) return "known"
    if (seq > place.seq + 1) return "gap"
    place.seq = seq
    return "next"
  }

  has(stream) {
    return this.#places.has(stream)
  }

  /** How far it is read; 0 where it is not followed. */
  position(stream) {
    return this.#places.get(stream)?.seq ?? 0
  }

  /**
   * The server answered that it serves the stream.
   * @returns {"served" | "known" | "again" | "unwanted"} `again`: somebody needs earlier events by now
   */
  subscribed(item) {
    const place = this.#places.get(item.stream)
    if (!place) return "unwanted"
    if (!place.asked) return "known"
    place.asked = false
    place.subscribed = item
    if (place.wish === null) {
      this.#places.delete(item.stream)
      return "unwanted"
    }
    if (place.wish < place.seq) {
      this.#ask(place, place.wish)
      return "again"
    }
    if (place.seq === 0) place.seq = Math.max(0, item.oldest - 1)
    return "served"
  }

  /** Over the limit: kept for a connection that may carry more. Returns whether anybody wanted it. */
  refuse(stream) {
    const place = this.#places.get(stream)
    if (this.#isDropped(place)) return !this.#places.delete(stream)
    if (place) Object.assign(place, { asked: false, refused: true })
    return Boolean(place)
  }

  /** The server does not serve it any more. Returns whether anybody wanted it. */
  end(stream) {
    const place = this.#places.get(stream)
    this.#places.delete(stream)
    return Boolean(place && !this.#isDropped(place))
  }

  #isDropped(place) {
    return Boolean(place?.asked && place.wish === null)
  }

  #ask(place, seq) {
    Object.assign(place, { seq, asked: true, wish: seq, refused: false })
    return true
  }
}
