/**
 * @typedef {object} Handlers   all optional
 * @property {(item: object) => void} [event]       the next event, in order, once
 * @property {(item: object) => void} [ephemeral]   news that is worth nothing tomorrow
 * @property {(item: object) => void} [subscribed]  the stream is served; said again after every interruption
 * @property {(item: object) => void} [reset]       the position is void: load a snapshot, stop, subscribe from there
 * @property {(item: object) => void} [denied]
 * @property {(item: object) => void} [revoked]
 */

/** One part of the page that follows a stream, at its own position. */
class Subscriber {
  /** Nothing comes any more after reset, denied or revoked; only a new subscription does. */
  over = false
  /** A replay was asked for: what comes before it is too early to be told that something is missing. */
  waiting = true

  /** @param {string} stream @param {number} seq handled so far @param {Handlers} handlers */
  constructor(stream, seq, handlers) {
    this.stream = stream
    this.seq = seq
    this.handlers = handlers
  }

  tell(what, item) {
    try {
      this.handlers[what]?.(item)
    } catch (error) {
      reportError(error)
    }
  }

  end(what, item) {
    this.over = true
    this.tell(what, item)
  }
}

/** A mistake in one handler is reported and must not keep the others from their events. */
function reportError(error) {
  if (globalThis.reportError) globalThis.reportError(error)
  else queueMicrotask(() => { throw error })
}

/**
 * Everything in this tab that follows streams. Gives each subscriber its events in order and once, whatever comes in,
 * and asks for a replay when it sees that something is missing.
 */
export class Subscribers {
  /** @type {Map<string, Set<Subscriber>>} */
  #streams = new Map()
  #epoch
  #want
  #drop

  /**
   * @param {object} options
   * @param {string | null} options.epoch   the one the positions belong to
   * @param {(stream: string, seq: number) => void} options.want
   * @param {(stream: string) => void} options.drop
   */
  constructor({ epoch, want, drop }) {
    this.#epoch = epoch
    this.#want = want
    this.#drop = drop
  }

  get epoch() {
    return this.#epoch
  }

  /** @returns {() => void} stops it */
  add(stream, seq, handlers) {
    if (!Number.isSafeInteger(seq) || seq < 0) throw new TypeError(`A position is a number from 0 on, not ${seq}.`)
    const subscriber = new Subscriber(stream, seq, handlers)
    if (!this.#streams.has(stream)) this.#streams.set(stream, new Set())
    this.#streams.get(stream).add(subscriber)
    this.#want(stream, seq)
    return () => this.#remove(subscriber)
  }

  /** The lowest position of each stream that somebody here still follows. */
  positions() {
    const lowest = new Map()
    for (const [stream, subscribers] of this.#streams) {
      for (const { over, seq } of subscribers) {
        if (!over) lowest.set(stream, Math.min(seq, lowest.get(stream) ?? seq))
      }
    }
    return lowest
  }

  /** Others are this far: what lies behind was missed here, and is asked for. */
  compare(heads) {
    for (const [stream, seq] of this.positions()) {
      if (!heads.has(stream) || seq < heads.get(stream)) this.#want(stream, seq)
    }
  }

  /**
   * The log may have another identity: then what was handled so far belongs to a history that is gone.
   * @returns {boolean} whether it has
   */
  adopt(epoch) {
    const changed = this.#epoch !== null && this.#epoch !== epoch
    this.#epoch = epoch
    if (!changed) return false
    for (const stream of [...this.#streams.keys()]) {
      const item = { type: "reset", stream, reason: "epoch" }
      this.#end("reset", item, (subscriber) => subscriber.seq > 0)
    }
    return true
  }

  /** @param {object[]} items with a stream each */
  take(items) {
    for (const item of items) {
      if (!this.#streams.has(item.stream)) continue
      if (item.seq !== undefined) this.#event(item)
      else if (item.type === "subscribed") this.#subscribed(item)
      else if (item.type === "reset") this.#end("reset", item, ({ seq }) => !servable(seq, item))
      else if (item.type === "revoked") this.#end("revoked", item, () => true)
      else if (item.type === "denied" && item.reason !== "limit") this.#end("denied", item, () => true)
      else this.#tell(item.type === "denied" ? "denied" : "ephemeral", item)
    }
  }

  #event(item) {
    let behind = null
    for (const subscriber of [...this.#streams.get(item.stream)]) {
      if (subscriber.over || item.seq <= subscriber.seq) continue
      if (item.seq === subscriber.seq + 1) {
        subscriber.seq = item.seq
        subscriber.waiting = false
        subscriber.tell("event", item)
      } else if (!subscriber.waiting) {
        subscriber.waiting = true
        behind = Math.min(subscriber.seq, behind ?? subscriber.seq)
      }
    }
    if (behind !== null) this.#want(item.stream, behind)
  }

  #subscribed(item) {
    for (const subscriber of this.#streams.get(item.stream)) {
      subscriber.waiting = false
      if (subscriber.seq === 0) subscriber.seq = Math.max(0, item.oldest - 1)
    }
    this.#tell("subscribed", item)
  }

  /** Ends those whom it concerns. The stream is not served after that, so it is asked for again for the others. */
  #end(what, item, concerns) {
    for (const subscriber of [...this.#streams.get(item.stream)]) {
      if (!subscriber.over && concerns(subscriber)) subscriber.end(what, item)
    }
    const left = this.positions().get(item.stream)
    if (left === undefined) this.#drop(item.stream)
    else this.#want(item.stream, left)
  }

  #tell(what, item) {
    for (const subscriber of [...this.#streams.get(item.stream)]) {
      if (!subscriber.over) subscriber.tell(what, item)
    }
  }

  #remove(subscriber) {
    const subscribers = this.#streams.get(subscriber.stream)
    if (!subscribers?.delete(subscriber)) return
    if (subscribers.size === 0) this.#streams.delete(subscriber.stream)
    if (!subscriber.over && !this.positions().has(subscriber.stream)) this.#drop(subscriber.stream)
  }
}

/** Whether the server could replay from here, going by what its reset says of the stream. */
function servable(seq, { reason, head, oldest }) {
  return seq === 0 || (reason !== "epoch" && seq <= head && seq >= oldest - 1)
}
