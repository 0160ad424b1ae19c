// One open room: gives each event to those it concerns.

import { peopleOf } from "./api.js"
import { Batch } from "./batch.js"
import { announce } from "./dom.js"
import { permalink } from "./message_row.js"
import { makeParts } from "./room_parts.js"

const SPREAD_MS = 4_000 // after a restart everybody is back at once, and must not ask at once

export class RoomPane {
  #main
  #page
  #app
  #parts
  #stop = null
  #interrupted = false
  #asking
  #told = null
  #batch = new Batch((items) => this.#parts.scroller.keepPlace(() => items.forEach((item) => this.#event(item))))

  /** `page` is the page's data; app: {live, outbox, picker, pins, roomsList, me, now, reload()}. */
  constructor(main, page, app) {
    this.#main = main
    this.#page = page
    this.#app = app
    this.#parts = makeParts(main, page, app, (seq) => this.show(seq, { push: true }))
    this.#parts.composer.addEventListener("sent", () => this.#sent())
  }

  get room() {
    return this.#page.room
  }

  get people() {
    return this.#parts.people
  }

  get composer() {
    return this.#parts.composer
  }

  connect() {
    const { live, outbox, reload } = this.#app
    const { attachments, scroller, history, pending, readMarker, jumps } = this.#parts
    scroller.connect()
    pending.connect()
    attachments.connect()
    this.#startWhereReadingStopped()
    for (const part of [history, jumps, readMarker]) part.connect()
    outbox.addEventListener("sent", this.#delivered)
    live.addEventListener("state", history.check)
    this.#stop = live.subscribe(this.room.stream, this.#page.positions[this.room.stream] ?? 0, {
      event: (item) => this.#batch.add(item),
      ephemeral: (item) => this.#ephemeral(item),
      subscribed: () => this.#subscribed(),
      reset: () => reload(),
    })
  }

  disconnect() {
    const { live, outbox } = this.#app
    const { attachments, scroller, history, pending, readMarker, jumps, typing } = this.#parts
    this.#stop?.()
    this.#batch.cancel()
    clearTimeout(this.#asking)
    outbox.removeEventListener("sent", this.#delivered)
    live.removeEventListener("state", history.check)
    for (const part of [readMarker, jumps, history, pending, typing, attachments, scroller]) part.disconnect()
  }

  /** Ready to write; where writing would bring up a keyboard over half the screen, ready to read. */
  focus() {
    if (matchMedia("(pointer: fine)").matches) this.composer.focus()
    else this.#main.focus({ preventScroll: true })
  }

  toNewest() {
    return this.#parts.jumps.toNewest()
  }

  /** Another device of the reader has read this far. */
  readElsewhere(readSeq) {
    this.#parts.readMarker.moved(readSeq)
  }

  /** Brings the message with this `seq` into view and marks it for a moment. */
  async show(seq, { push = false } = {}) {
    const { history, scroller } = this.#parts
    const row = await history.reach(seq)
    if (!row) return
    if (push) window.history.pushState(null, "", permalink(this.room.id, seq))
    scroller.to(row)
    row.classList.remove("is-target")
    void row.offsetWidth // the mark starts again even if this row has it already
    row.classList.add("is-target")
    row.querySelector(".message").focus({ preventScroll: true })
  }

  #startWhereReadingStopped() {
    const { scroller, timeline } = this.#parts
    const { unreadRow } = timeline
    if (this.#page.at) this.show(this.#page.at)
    else if (unreadRow && unreadRow !== timeline.first) scroller.to(unreadRow, "start")
    else if (this.#page.has_more_after) scroller.to(unreadRow ?? timeline.last, "start")
    else scroller.toBottom()
  }

  #event({ data, type }) {
    const { timeline, people, head } = this.#parts
    if (type === "message.created") this.#said(data)
    else if (type === "message.edited" || type === "message.deleted") timeline.update(data)
    else if (type === "message.pinned" || type === "message.unpinned") timeline.pin(data.message, data.pin)
    else if (type.startsWith("reaction.")) timeline.react(data.message, data.reactions)
    else if (type === "member.joined" || type === "member.updated") this.#member(data)
    else if (type === "member.left") people.left(data.user)
    else if (type === "room.updated") head.update(data)
  }

  #ephemeral({ type, data }) {
    const { typing, people } = this.#parts
    if (type === "typing.started") typing.started(data.user)
    else if (type === "typing.stopped") typing.stopped(data.user)
    else if (type === "presence.changed") people.presence((this.#told = data))
  }

  #said(message) {
    const { history, pending, typing, jumps, timeline, readMarker } = this.#parts
    typing.stopped(message.author)
    const mine = message.author.id === this.#app.me.id
    const newsIsRead = !timeline.unreadRow || Number(timeline.unreadRow.dataset.seq) <= readMarker.readSeq
    if (!mine && newsIsRead && !readMarker.watched) timeline.markUnreadFrom(message.seq)
    const isNew = history.receive(message)
    pending.arrived(message)
    if (!isNew || mine) return
    jumps.countNew()
    if (readMarker.watched) announce(`${message.author.name}: ${message.body}`)
  }

  /** The server's answer and the event carry the same message; whichever comes first shows it. */
  #delivered = ({ detail: { entry, data } }) => {
    if (entry.command === "message.send" && data?.room === this.room.id) {
      this.#batch.add({ type: "message.created", data })
      this.#batch.flush() // at once, because its pending row is about to go
    }
  }

  /** Whoever writes has read, and wants to see it land. */
  #sent() {
    this.#parts.timeline.markUnreadFrom(0)
    this.toNewest()
  }

  /** Nobody tells what presence did before the stream was followed, or while it was not, so it is asked for. */
  #subscribed() {
    clearTimeout(this.#asking)
    const wait = this.#interrupted ? Math.random() * SPREAD_MS : 0
    this.#asking = setTimeout(() => this.#refreshPeople(), wait)
    this.#interrupted = true
  }

  #member({ user, role }) {
    const { people, head } = this.#parts
    const isNew = !people.find(user.id)
    people.joined(user, role)
    if (isNew) this.#refreshPeople() // the event does not say their username, nor whether they are here
    if (user.id === this.#app.me.id) head.setRole(role)
  }

  async #refreshPeople() {
    this.#told = null
    const people = await peopleOf(this.room.id).catch(() => null)
    if (!people) return
    this.#parts.people.replace(people)
    if (this.#told) this.#parts.people.presence(this.#told) // while the answer was on its way: it is newer
  }
}
