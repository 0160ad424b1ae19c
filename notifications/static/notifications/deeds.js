// What a person does with notifications, one or many at a time, each with its way back.

import { isUnread } from "./inbox.js"

/** The server takes no more in one command. */
const AT_ONCE_MAX = 500
/** Past this many, the first steps are forgotten. */
const STEPS_MAX = 50

/** What changes in a notification that waits again, and in one that is read. */
const WAITS = { read_at: null, acknowledged_at: null }
const isRead = () => ({ read_at: new Date().toISOString(), snoozed_until: null })
const isAcknowledged = () => ({ ...isRead(), acknowledged_at: new Date().toISOString() })

const things = (count) => (count === 1 ? "1 notification" : `${count} notifications`)

export class Deeds {
  #inbox
  #live
  #said
  #refused
  #steps = []
  #turn = Promise.resolve()
  #undoing = Promise.resolve()

  /**
   * @param {object} options
   * @param {import("./inbox.js").Inbox} options.inbox
   * @param {{ command: (name: string, data: object) => Promise<any> }} options.live
   * @param {(text: string, undo: (() => void) | null) => void} options.said   what was done, for the person
   * @param {(error: Error) => void} options.refused
   */
  constructor({ inbox, live, said, refused }) {
    this.#inbox = inbox
    this.#live = live
    this.#said = said
    this.#refused = refused
  }

  /** `quiet`: it is plain to see already, as when somebody opens what it leads to. */
  read(ids, { quiet = false } = {}) {
    return this.#do(this.#those(ids, ({ read_at }) => !read_at), {
      deed: (unread) => this.#send("read", unread, isRead()),
      text: (count) => (quiet ? "" : `Marked ${count} as read`),
    })
  }

  unread(ids) {
    return this.#do(this.#those(ids, ({ read_at }) => read_at), {
      deed: (read) => this.#send("unread", read, WAITS),
      text: (count) => `Marked ${count} as unread`,
    })
  }

  /** Comes back at `until` (ISO), which is `when` in words. What was read waits again for that. */
  snooze(ids, until, when) {
    return this.#do(this.#those(ids, () => true), {
      deed: async (put) => {
        await this.#send("unread", this.#those(put, ({ read_at }) => read_at), WAITS)
        await this.#send("snooze", put, { snoozed_until: until }, { until })
      },
      text: (count) => `Put off ${count} until ${when}`,
    })
  }

  /** What is put off comes back now. */
  wake(ids) {
    return this.#do(this.#those(ids, ({ snoozed_until }) => snoozed_until), {
      deed: (asleep) => this.#send("snooze", asleep, { snoozed_until: null }, { until: null }),
      text: (count) => `Brought back ${count}`,
    })
  }

  acknowledge(ids) {
    return this.#do(this.#those(ids, ({ acknowledged_at }) => !acknowledged_at), {
      deed: (open) => this.#send("acknowledge", open, isAcknowledged()),
      text: (count) => `Acknowledged ${count}`,
    })
  }

  /** Nothing more is told of where this one comes from. */
  async mute(id) {
    const { source, source_name: name } = this.#inbox.get(id) ?? {}
    if (!source) return this.#said("This has no source that could be muted.", null)
    const asked = (what) => this.#ask(what, { source })
    await this.#attempt(() => this.#step(asked("mute"), () => asked("unmute"), `Muted ${name || source}: nothing more from there`))
  }

  /**
   * Everything that waits, known here or not, but nothing that this page has not heard of yet: its connection may be dead.
   */
  readAll() {
    const upTo = this.#inbox.seq
    const unread = this.#inbox.all().filter(isUnread)
    return this.#attempt(async () => {
      const belief = this.#inbox.assume(unread.map(({ id }) => id), isRead())
      const done = this.#ask("read_all", { up_to: upTo })
      const back = async () => {
        const { read_at } = (await done.catch(() => null)) ?? {}
        if (read_at) await this.#ask("unread_all", { read_at })
      }
      try {
        const { seq } = await this.#step(done, back, "Marked everything as read")
        belief.until(seq)
      } catch (error) {
        belief.takeBack()
        throw error
      }
    })
  }

  /** Takes the last step back. */
  undo() {
    const step = this.#steps.pop()
    const back = async () => {
      await step.back()
      this.#said("Undone", null)
    }
    // After what the step before has to say, which may still be under way.
    const nothing = () => this.#said("There is nothing to undo.", null)
    this.#undoing = step ? this.#attempt(back) : this.#undoing.then(nothing)
    return this.#undoing
  }

  // --- One step

  #those(ids, such) {
    return ids.filter((id) => this.#inbox.get(id) && such(this.#inbox.get(id)))
  }

  async #do(ids, { deed, text }) {
    if (!ids.length) return
    const before = ids.map((id) => this.#inbox.get(id))
    await this.#attempt(() => this.#step(deed(ids), () => this.#restore(before), text(things(ids.length))))
  }

  /** Can be taken back from its beginning on: who does so before the server has answered means this one, not the one before. */
  async #step(done, back, text) {
    const step = this.#keep(back, text)
    try {
      return await done
    } catch (error) {
      this.#steps = this.#steps.filter((other) => other !== step)
      throw error
    }
  }

  async #send(name, ids, change, more = {}) {
    if (!ids.length) return
    const belief = this.#inbox.assume(ids, change)
    try {
      let reply
      for (let from = 0; from < ids.length; from += AT_ONCE_MAX) {
        const notifications = ids.slice(from, from + AT_ONCE_MAX)
        reply = await this.#ask(name, { notifications, ...more })
      }
      belief.until(reply.seq)
    } catch (error) {
      belief.takeBack()
      throw error
    }
  }

  #keep(back, text) {
    const step = { back }
    this.#steps = [...this.#steps, step].slice(-STEPS_MAX)
    if (text) this.#said(text, () => this.#undoStep(step))
    return step
  }

  #undoStep(step) {
    if (!this.#steps.includes(step)) return
    this.#steps = [...this.#steps.filter((other) => other !== step), step]
    this.undo()
  }

  /** Brings each of these back to what it was, as far as it is not. */
  async #restore(before) {
    const those = (such) => before.filter((was) => such(was, this.#inbox.get(was.id) ?? was)).map(({ id }) => id)
    const waits = (was, is) => is.read_at && (!was.read_at || (is.acknowledged_at && !was.acknowledged_at))
    await this.#send("unread", those(waits), WAITS)
    for (const until of new Set(before.map(({ snoozed_until }) => snoozed_until))) {
      const moved = those((was, is) => was.snoozed_until === until && is.snoozed_until !== until)
      await this.#send("snooze", moved, { snoozed_until: until }, { until })
    }
    await this.#send("acknowledge", those((was, is) => was.acknowledged_at && !is.acknowledged_at), isAcknowledged())
    await this.#send("read", those((was, is) => was.read_at && !is.read_at), isRead())
  }

  /** One after the other: a step back must not overtake the step. */
  #ask(name, data) {
    const turn = this.#turn.then(() => this.#live.command(`notification.${name}`, data))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #attempt(work) {
    try {
      await work()
    } catch (error) {
      this.#refused(error)
    }
  }
}
