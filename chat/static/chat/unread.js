// Counts one room's unread messages exactly: the server's count up to some `seq`, and every event after that.

import { mentions } from "./mentions.js"

export class Unread {
  #me
  #head
  #readSeq
  #base
  #since = new Map()

  /** `room` has read_seq, unread, mentions, and the head up to which these two count. */
  constructor(room, me) {
    this.#me = me
    this.count(room)
  }

  get readSeq() {
    return this.#readSeq
  }
  get unread() {
    return this.#base.unread + this.#since.size
  }
  get mentions() {
    return this.#base.mentions + [...this.#since.values()].filter(Boolean).length
  }

  /** The server counted anew. A count older than the one here, by what has been read or seen, is not believed. */
  count({ read_seq, unread, mentions, head }) {
    if (this.#readSeq !== undefined && read_seq < this.#readSeq) return
    this.#readSeq = read_seq
    this.#head = head
    this.#base = { unread, mentions }
    for (const seq of this.#since.keys()) if (seq <= Math.max(head, read_seq)) this.#since.delete(seq)
  }

  /** An event of the room, `message.created` or `message.deleted`; others change nothing. */
  event({ type, data }) {
    if (data.author?.id === this.#me) return
    if (type === "message.created" && data.seq > Math.max(this.#head, this.#readSeq) && !data.deleted_at) {
      this.#since.set(data.seq, mentions(data, this.#me))
    }
    if (type === "message.deleted" && data.seq > this.#readSeq && !this.#since.delete(data.seq)) {
      this.#base.unread = Math.max(0, this.#base.unread - 1)
      this.#base.mentions = Math.min(this.#base.mentions, this.#base.unread)
    }
  }
}
