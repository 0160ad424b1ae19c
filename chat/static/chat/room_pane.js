// One open room: makes its parts, and gives each event to those it concerns.

import { peopleOf } from "./api.js"
import { Composer } from "./composer.js"
import { confirm } from "./dialogs.js"
import { announce } from "./dom.js"
import { Editing } from "./editing.js"
import { History } from "./history.js"
import { Jumps } from "./jumps.js"
import { MessageActions } from "./message_actions.js"
import { Pending } from "./pending.js"
import { People } from "./people.js"
import { Quotes } from "./quotes.js"
import { ReadMarker } from "./read_marker.js"
import { Scroller } from "./scroller.js"
import { Timeline } from "./timeline.js"
import { Typing } from "./typing.js"

export class RoomPane {
  #main
  #page
  #me
  #parts
  #stop = null
  #fresh = true

  /** `page` is the page's data; app: {live, outbox, picker, roomsList, me, reload()}. */
  constructor(main, page, app) {
    this.#main = main
    this.#page = page
    const { live, outbox, picker, roomsList, me } = app
    const room = page.room
    this.#me = me.id
    this.people = new People(document.getElementById("people"), main, page.people, me.id)
    const context = { room: room.id, me: me.id, nameOfUser: (id) => this.#nameOf(id), quotes: new Quotes() }
    const element = main.querySelector("#timeline")
    const scroller = new Scroller(element)
    const timeline = new Timeline(main.querySelector("#entries"), context)
    const typing = new Typing(main.querySelector("#typing"), room.id, { live, me })
    const composer = new Composer(main.querySelector("#composer"), room.id, {
      outbox,
      live,
      picker,
      me,
      typing,
      people: () => this.#mentionable(),
    })
    const editing = new Editing({ live, timeline, scroller, composer })
    const history = new History({
      room: room.id,
      timeline,
      scroller,
      pane: main,
      before: page.has_more_before,
      after: page.has_more_after,
    })
    const pending = new Pending(main.querySelector("#pending"), { outbox, scroller, timeline, composer }, context, me)
    const readMarker = new ReadMarker(room.id, room.read_seq, { live, scroller, roomsList })
    const jumps = new Jumps(main, { scroller, history, timeline }, firstUnread(page, timeline))
    this.#parts = { ...app, scroller, timeline, typing, composer, editing, history, pending, readMarker, jumps }
    new MessageActions(element, room.id, {
      live,
      picker,
      composer,
      editing,
      confirm,
      jumpTo: (seq) => this.show(seq, { push: true }),
    })
    composer.addEventListener("sent", () => this.#sent())
    composer.addEventListener("edit-last", () => editing.open(timeline.lastOwn()))
  }

  get room() {
    return this.#page.room
  }

  connect() {
    const { live, scroller, history, pending, readMarker, jumps, timeline, reload, outbox } = this.#parts
    scroller.connect()
    pending.connect()
    if (this.#page.at) this.show(this.#page.at)
    else if (timeline.unreadRow && timeline.unreadRow !== timeline.first) scroller.to(timeline.unreadRow, "start")
    else if (this.#page.has_more_after) scroller.to(timeline.unreadRow ?? timeline.last, "start")
    else scroller.toBottom()
    history.connect()
    jumps.connect()
    readMarker.connect()
    outbox.addEventListener("sent", this.#delivered)
    live.addEventListener("state", history.check)
    this.#stop = live.subscribe(this.room.stream, this.#page.positions[this.room.stream] ?? 0, {
      event: (item) => this.#event(item),
      ephemeral: (item) => this.#ephemeral(item),
      subscribed: () => this.#resumed(),
      reset: () => reload(),
    })
  }

  disconnect() {
    const { live, scroller, history, pending, readMarker, jumps, typing, outbox } = this.#parts
    this.#stop?.()
    outbox.removeEventListener("sent", this.#delivered)
    live.removeEventListener("state", history.check)
    for (const part of [readMarker, jumps, history, pending, typing, scroller]) part.disconnect()
  }

  focus() {
    if (matchMedia("(pointer: fine)").matches) this.#parts.composer.focus()
    else this.#main.focus({ preventScroll: true })
  }

  composer() {
    return this.#parts.composer
  }
  toNewest() {
    return this.#parts.jumps.toNewest()
  }
  another(readSeq) {
    this.#parts.readMarker.moved(readSeq)
  }

  /** Brings the message with this `seq` into view and marks it for a moment. */
  async show(seq, { push = false } = {}) {
    const { history, scroller } = this.#parts
    const row = await history.reach(seq)
    if (!row) return
    if (push) window.history.pushState(null, "", `/rooms/${this.room.id}/?at=${seq}`)
    scroller.to(row)
    row.classList.remove("is-target")
    void row.offsetWidth // the mark starts again even if this row has it already
    row.classList.add("is-target")
    row.querySelector(".message").focus({ preventScroll: true })
  }

  #event(item) {
    const { data, type } = item
    const { timeline, scroller } = this.#parts
    if (type === "message.created") this.#said(data)
    else if (type === "message.edited" || type === "message.deleted") scroller.keepPlace(() => timeline.update(data))
    else if (type.startsWith("reaction.")) scroller.keepPlace(() => timeline.react(data.message, data.reactions))
    else if (type === "member.joined" || type === "member.updated") this.#member(data)
    else if (type === "member.left") this.people.left(data.user)
    else if (type === "room.updated") this.#updated(data)
  }

  #ephemeral({ type, data }) {
    if (type === "typing.started") this.#parts.typing.started(data.user)
    else if (type === "typing.stopped") this.#parts.typing.stopped(data.user)
    else if (type === "presence.changed") this.people.presence(data)
  }

  #said(message) {
    const { history, pending, typing, jumps, timeline, readMarker } = this.#parts
    typing.stopped(message.author)
    const mine = message.author.id === this.#me
    const newsIsRead = !timeline.unreadRow || Number(timeline.unreadRow.dataset.seq) <= readMarker.readSeq
    if (!mine && newsIsRead && !readMarker.watched) timeline.markUnreadFrom(message.seq)
    const isNew = history.receive(message)
    pending.arrived(message)
    if (!isNew || mine) return
    jumps.countNew()
    if (readMarker.watched) announce(`${message.author.name}: ${message.body}`)
  }

  #delivered = ({ detail: { entry, data } }) => {
    if (entry.command === "message.send" && data?.room === this.room.id) this.#said(data)
  }

  /** Whoever writes has read, and wants to see it land. */
  #sent() {
    this.#parts.timeline.markUnreadFrom(0)
    this.#parts.jumps.toNewest()
  }

  /** Nobody tells what presence did while the connection was away, so it is asked for. */
  async #resumed() {
    if (this.#fresh) this.#fresh = false
    else this.people.replace(await peopleOf(this.room.id).catch(() => this.people.all()))
  }

  #member({ user, role }) {
    this.people.joined(user, role)
    if (user.id !== this.#me) return
    this.room.role = role
    this.#main.dataset.role = role
  }

  #updated({ name, archived }) {
    if (this.room.kind !== "direct") this.room.name = name
    this.room.archived = archived
    this.#main.querySelector("#room-name").textContent = this.room.name
    this.#main.querySelector("#room-closed").hidden = !archived
    this.#main.querySelector("#composer").hidden = archived
  }

  #nameOf(id) {
    return id === this.#me ? "You" : (this.people.find(id)?.name ?? "Someone")
  }

  #mentionable() {
    return this.people
      .all()
      .filter(({ id }) => id !== this.#me)
      .map((person) => ({ ...person, mention: person.username ?? person.name }))
  }
}

/** What the button at the top offers: only where the first unread message is above what fits on the screen. */
function firstUnread({ first_unread_seq: seq, room }, timeline) {
  return seq && room.unread ? { seq, count: room.unread, at: timeline.atSeq(seq)?.dataset.at } : null
}
