/** Notifications as the server says them, and a person's inbox stream that tells of them. */

export const START = "2026-03-02T09:00:00.000Z"

export function notification(fields = {}) {
  const at = fields.updated_at ?? START
  return {
    id: 1, seq: 1, news_seq: 1, kind: "notice", priority: 3, title: "Disk full", body: "", link: "/rooms/1/", source: "topic.disks",
    source_name: "disks", actor: null, actions: [], count: 1, revision: 1, created_at: at, updated_at: at,
    expires_at: null, snoozed_until: null, read_at: null, acknowledged_at: null, withdrawn_at: null, ...fields,
  }
}

/** Makes the items of one inbox stream, one after the other. */
export class Stream {
  seq

  constructor(seq = 0) {
    this.seq = seq
  }

  created(fields, unread = 1, at = START) {
    return this.#item("notification.created", { ...this.#news(fields), unread }, at)
  }

  /** One more of the same. */
  grown(fields, unread = 1, at = START) {
    return this.#item("notification.updated", { ...this.#news(fields), unread }, at)
  }

  /** Corrected, or changed by somebody. */
  updated(fields, unread = 1, at = START) {
    return this.#item("notification.updated", { ...notification({ seq: this.seq + 1, ...fields }), unread }, at)
  }

  read(which, unread = 0, at = START) {
    return this.#item("notification.read", { ...which, read_at: at, unread }, at)
  }

  restored(readAt, unread = 1, at = START) {
    return this.#item("notification.restored", { read_at: readAt, unread }, at)
  }

  #news(fields) {
    return notification({ seq: this.seq + 1, news_seq: this.seq + 1, ...fields })
  }

  #item(type, data, at) {
    this.seq += 1
    return { stream: "inbox.3", seq: this.seq, type, at, data }
  }
}

/** Takes commands, and answers them when and how the test says: the stream that tells of them is behind, unless it says that too. */
export class Desk {
  asked = []
  answer = () => ({ unread: 0 })

  command = async (name, data) => {
    this.asked.push([name, data])
    return { seq: this.asked.length + 100, ...(await this.answer(name, data)) }
  }
}
