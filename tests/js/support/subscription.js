import { parseCursor } from "../../../project/realtime/static/realtime/cursor.js"

/** One connection's place in each stream, on the server's side, the same for all transports. */
export class Subscription {
  positions = new Map()
  acked = new Map()
  #maxStreams
  #server
  #write

  /** @param {(items: object[]) => void} write */
  constructor(server, write, maxStreams) {
    this.#server = server
    this.#write = write
    this.#maxStreams = maxStreams
    server.subscriptions.add(this)
    write([{ type: "hello", epoch: server.outdatedEpoch ?? server.log.epoch, user: 3, heartbeat: 25, limits: { streams: maxStreams } }])
  }

  subscribe(cursor) {
    const { epoch, positions } = parseCursor(cursor)
    for (const [stream, seq] of positions) this.#place(stream, seq, epoch)
    this.#server.happened("subscribe", { cursor, positions })
  }

  unsubscribe(streams) {
    for (const stream of streams) this.positions.delete(stream)
  }

  revoke(stream) {
    if (this.positions.delete(stream)) this.#write([{ type: "revoked", stream }])
  }

  /** There is something new. */
  notify(stream) {
    const seq = this.positions.get(stream)
    if (seq === undefined) return
    const events = this.#server.log.after(stream, seq)
    if (events.length === 0) return
    this.positions.set(stream, events.at(-1).seq)
    this.#write(events)
  }

  whisper(item) {
    if (this.positions.has(item.stream)) this.#write([item])
  }

  bye(reason, retryAfter) {
    this.#write([{ type: "bye", reason, ...(retryAfter === undefined ? {} : { retry_after: retryAfter }) }])
  }

  close() {
    this.#server.subscriptions.delete(this)
  }

  #place(stream, seq, epoch) {
    const { log, forbidden } = this.#server
    if (forbidden.has(stream)) return this.#write([{ type: "denied", stream, reason: "forbidden" }])
    if (!this.positions.has(stream) && this.positions.size >= this.#maxStreams) {
      return this.#write([{ type: "denied", stream, reason: "limit" }])
    }
    const reason = log.resetReason(stream, seq, epoch)
    if (reason) {
      this.positions.delete(stream)
      return this.#write([{ type: "reset", stream, reason, ...log.standing(stream) }])
    }
    this.#write([{ type: "subscribed", stream, ...log.standing(stream) }])
    this.positions.set(stream, seq)
    this.notify(stream)
  }
}
