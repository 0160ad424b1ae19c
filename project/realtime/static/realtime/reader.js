import { Acks } from "./acks.js"
import { formatCursor } from "./cursor.js"
import { Followed } from "./followed.js"

/**
 * What one connection reads: makes of the server's items each stream's events in order and without holes, whatever
 * transport they come by, and knows where to go on with the next one.
 *
 * The epoch of its positions is believed until the server refuses it; only then the one of the next `hello` is taken,
 * because a server process may learn of a new epoch later than a page does.
 */
export class Reader {
  #followed = new Followed()
  #acks = new Acks((positions) => this.#ask.ack(formatCursor(this.#epoch, positions)))
  #epoch
  #certain = false
  #due = new Set()
  #ask
  #told

  /**
   * @param {object} options
   * @param {string | null} options.epoch   of the positions that `want` will name, where it is known
   * @param {{ follow: (cursor: string) => void, unfollow: (streams: string[]) => void, ack: (cursor: string) => void,
   *   resume: () => void }} options.ask   how to ask the server; `resume` begins a new connection
   * @param {{ items: (items: object[]) => void, epoch: (epoch: string) => void }} options.told
   *   `epoch` comes once a connection, before anything that was read under it
   */
  constructor({ epoch, ask, told }) {
    this.#epoch = epoch
    this.#ask = ask
    this.#told = told
  }

  get epoch() {
    return this.#epoch
  }

  /** Whether the server has confirmed the epoch on this connection. */
  get certain() {
    return this.#certain
  }

  /**
   * Someone needs what comes after `seq`.
   * @returns {object | null} the `subscribed` item to tell them, where the server need not be asked
   */
  want(stream, seq) {
    if (this.#followed.want(stream, seq)) this.#askFor(stream)
    return this.#followed.standing(stream)
  }

  /** Nobody needs it any more. */
  drop(stream) {
    if (this.#followed.drop(stream)) this.#ask.unfollow([stream])
  }

  /** Somebody's positions are of another epoch. Only the server can say whose are right: it is asked about these. */
  challenge(epoch, positions) {
    this.#followed.clear()
    for (const [stream, seq] of positions) this.#followed.want(stream, seq)
    this.#epoch = epoch
    this.#ask.resume()
  }

  /** How far each followed stream is read. */
  heads() {
    return this.#followed.heads()
  }

  /** Where to go on, for a transport that asks for everything. */
  cursor() {
    this.#followed.forgetDropped()
    return formatCursor(this.#epoch, this.#followed.positions())
  }

  /** A transport begins: it will be asked for everything. */
  opening() {
    this.closed()
    this.#followed.askAll()
  }

  closed() {
    this.#certain = false
    this.#acks.disconnect()
  }

  /** Takes what the server said, in so many characters, and hands on what is news. */
  take(items, characters = 0) {
    let news = []
    const flush = () => {
      if (news.length) this.#told.items(news)
      news = []
    }
    for (const item of items) {
      if (item.type === "hello") this.#greeted(item.epoch)
      else if (item.stream) this.#sort(item, news, flush)
    }
    flush()
    this.#acks.received(characters)
  }

  #greeted(epoch) {
    if (this.#certain && epoch === this.#epoch) return
    const atStake = [...this.#followed.positions().values()].some((seq) => seq > 0)
    if (this.#epoch === null || !atStake) this.#epoch = epoch
    if (epoch === this.#epoch) this.#confirm()
    else this.#certain = false
  }

  #confirm() {
    if (this.#certain) return
    this.#certain = true
    this.#told.epoch(this.#epoch)
  }

  #sort(item, news, flush) {
    const { stream } = item
    if (item.seq !== undefined) {
      this.#event(item, news)
    } else if (item.type === "subscribed") {
      if (this.#followed.position(stream) > 0) this.#confirm()
      this.#subscribed(item, news)
    } else if (item.type === "reset" && item.reason === "epoch") {
      flush()
      this.#followed.clear()
      this.#epoch = null
      this.#ask.resume()
    } else if (item.type === "denied" && item.reason === "limit") {
      if (this.#followed.refuse(stream)) news.push(item)
    } else if (["reset", "denied", "revoked"].includes(item.type)) {
      if (this.#followed.end(stream)) news.push(item)
    } else if (this.#followed.has(stream)) {
      news.push(item)
    }
  }

  #event(item, news) {
    const place = this.#followed.event(item)
    if (place === "gap") this.#ask.resume()
    if (place !== "next") return
    news.push(item)
    this.#acks.handled(item.stream, item.seq)
  }

  #subscribed(item, news) {
    const answer = this.#followed.subscribed(item)
    if (answer === "served") news.push(item)
    if (answer === "unwanted") this.#ask.unfollow([item.stream])
    if (answer === "again") this.#askFor(item.stream)
  }

  /** A page follows many streams in one go: one question asks for all of them. */
  #askFor(stream) {
    if (this.#due.size === 0) queueMicrotask(() => this.#askForDue())
    this.#due.add(stream)
  }

  #askForDue() {
    const dropped = this.#followed.forgetDropped(this.#due)
    const positions = [...this.#followed.positions()].filter(([stream]) => this.#due.has(stream))
    this.#due.clear()
    if (dropped.length) this.#ask.unfollow(dropped)
    if (positions.length) this.#ask.follow(formatCursor(this.#epoch, positions))
  }
}
