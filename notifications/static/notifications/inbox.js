// What waits for one person: the notifications this page knows of, and how many are unread in all.

/** What happened longer ago than this is no news: the page was asleep, or its connection was away. */
const NEWS_MS = 120_000

/** Whether it waits for its person. */
export const isUnread = ({ read_at, withdrawn_at, snoozed_until }) => !read_at && !withdrawn_at && !snoozed_until

/** Whether it was put off. When its time comes, the server says that it is no more. */
export const isSnoozed = ({ snoozed_until, withdrawn_at }) => Boolean(snoozed_until) && !withdrawn_at

/** Newest first. */
export const byTime = (a, b) => b.updated_at.localeCompare(a.updated_at) || b.id - a.id

/**
 * Fires `change` whenever something is different; `arrival` with the notification as `detail` for what a person should
 * be told of; `correction` in the same way for any other change of what waits; and `settled` when something waits no
 * longer, known here or not: its `detail` says of an id whether it does.
 */
export class Inbox extends EventTarget {
  /**
   * `said` is what was last heard of it, as of `seq`, and `notification` the same with what is believed meanwhile.
   * @type {Map<number, { said: object, seq: number, notification: object }>}
   */
  #known = new Map()
  /** Oldest first. Each holds until the stream has come as far as `until`. @type {{ ids: Set<number>, change: object, until: number }[]} */
  #beliefs = []
  #loads = new Set()
  #now
  #seq
  #unread

  /** @param {{ unread: number, seq: number, now?: () => number }} start  as of `seq` on the person's inbox stream */
  constructor({ unread, seq, now = Date.now }) {
    super()
    this.#unread = unread
    this.#seq = seq
    this.#now = now
  }

  get unread() {
    const ids = new Set(this.#beliefs.flatMap((belief) => [...belief.ids]))
    const entries = [...ids].map((id) => this.#known.get(id))
    const count = entries.reduce((sum, { notification, said }) => sum + Number(isUnread(notification)) - Number(isUnread(said)), this.#unread)
    return Math.max(0, count)
  }

  /** The last event of the stream that was handled. */
  get seq() {
    return this.#seq
  }

  get(id) {
    return this.#known.get(id)?.notification
  }

  /** All that is known and not withdrawn, newest first. */
  all() {
    const notifications = Array.from(this.#known.values(), ({ notification }) => notification)
    return notifications.filter(({ withdrawn_at }) => !withdrawn_at).sort(byTime)
  }

  /** The next event of the stream, in order. Those of other apps only move the position. */
  event(item) {
    this.#seq = item.seq
    if (item.type.startsWith("notification.")) {
      for (const missed of this.#loads) missed.push(item)
      this.#apply(item)
      this.dispatchEvent(new Event("change"))
    }
    if (this.#beliefs.some(({ until }) => until <= item.seq)) this.#believe(this.#beliefs)
  }

  /**
   * Adds what a snapshot has. `read()` gives `{ notifications, unread, seq }`, with the position as read before the rest:
   * what happened while it was on its way is applied to it again.
   */
  async load(read) {
    const missed = []
    this.#loads.add(missed)
    try {
      const { notifications, unread, seq } = await read()
      for (const notification of notifications) this.#put(notification, seq)
      if (seq >= this.#seq) this.#unread = unread
      for (const item of missed) if (item.seq > seq) this.#settle(item)
      this.dispatchEvent(new Event("change"))
      return notifications
    } finally {
      this.#loads.delete(missed)
    }
  }

  /** A new snapshot of the whole: positions before it are void. */
  begin({ unread, seq }) {
    this.#unread = unread
    this.#seq = seq
    this.#believe(this.#beliefs.filter(({ until }) => until === Infinity))
  }

  /**
   * Believes that a change will be made, whatever is told of what was before it.
   * @param {Iterable<number>} ids
   * @param {object} change   the fields that will differ
   * @returns {{ until: (seq: number) => void, takeBack: () => void }}  say up to where the stream tells of it, or that
   *   it is not made
   */
  assume(ids, change) {
    const belief = { ids: new Set([...ids].filter((id) => this.#known.has(id))), change, until: Infinity }
    this.#believe([...this.#beliefs, belief])
    return {
      until: (seq) => {
        belief.until = seq
        this.#believe(this.#beliefs)
      },
      takeBack: () => this.#believe(this.#beliefs.filter((other) => other !== belief)),
    }
  }

  /** This from now on, as far as the stream has not told of it already. */
  #believe(beliefs) {
    const ids = new Set([...this.#beliefs, ...beliefs].flatMap((belief) => [...belief.ids]))
    this.#beliefs = beliefs.filter(({ until }) => until > this.#seq)
    for (const id of ids) this.#hear(id, this.#known.get(id).said, this.#known.get(id).seq)
    this.dispatchEvent(new Event("change"))
  }

  #hear(id, said, seq) {
    const open = this.#beliefs.filter(({ ids, until }) => ids.has(id) && until > seq)
    this.#known.set(id, { said, seq, notification: Object.assign({}, said, ...open.map(({ change }) => change)) })
  }

  #apply(item) {
    const { type, data } = item
    this.#settle(item)
    if (typeof data.unread === "number") this.#unread = data.unread
    if (type === "notification.restored") return
    if (type === "notification.read") this.#settled(({ ids = [], up_to }, id) => ids.includes(id) || this.#isPast(id, up_to), data)
    else if (!isUnread(data)) this.#settled((_, id) => id === data.id, data)
    else this.dispatchEvent(new CustomEvent(this.#isNews(item) ? "arrival" : "correction", { detail: this.get(data.id) }))
  }

  #settled(concerns, data) {
    this.dispatchEvent(new CustomEvent("settled", { detail: (id) => concerns(data, id) }))
  }

  /** Whether everything up to this position was read, and this one with it. What is not known here is older than the page. */
  #isPast(id, upTo) {
    if (upTo === undefined) return false
    const known = this.#known.get(id)
    return known ? !isUnread(known.said) : true
  }

  #settle({ type, seq, data }) {
    if (type === "notification.read") this.#read(data, seq)
    else if (type === "notification.restored") this.#restore(data, seq)
    else this.#put(data, seq)
  }

  #put({ unread, ...notification }, seq) {
    if ((this.#known.get(notification.id)?.seq ?? -1) <= seq) this.#hear(notification.id, notification, seq)
  }

  /** `up_to` is a position: what was put off, or has changed after it, is not read. */
  #read({ ids = [], up_to = -1, read_at }, seq) {
    const read = new Set(ids)
    for (const [id, { said }] of this.#known) {
      const concerns = read.has(id) || (isUnread(said) && said.seq <= up_to)
      if (concerns) this.#hear(id, { ...said, read_at, snoozed_until: null }, seq)
    }
  }

  #restore({ read_at }, seq) {
    for (const [id, { said }] of this.#known) {
      if (said.read_at === read_at && !said.acknowledged_at) this.#hear(id, { ...said, read_at: null }, seq)
    }
  }

  /** A correction, or what somebody did to it, is none: `news_seq` is the last event that was. */
  #isNews({ seq, at, data }) {
    return isUnread(data) && data.news_seq === seq && this.#now() - Date.parse(at) <= NEWS_MS
  }
}
