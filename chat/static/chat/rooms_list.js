// The rooms at the left: which are mine, what is unread in each, which one is open.

import { fromTemplate } from "./dom.js"
import { readDraft } from "./drafts.js"
import { Unread } from "./unread.js"

export class RoomsList extends EventTarget {
  #me
  #rooms = new Map()
  #lists = { room: document.getElementById("room-list"), direct: document.getElementById("direct-list") }
  #current = null

  /** Adopts what the server drew for `rooms`. Announces "change" when a count or a room has changed. */
  constructor(rooms, me) {
    super()
    this.#me = me
    for (const room of rooms) this.#keep(room)
  }

  all() {
    return [...this.#rooms.values()].map(({ room }) => room)
  }
  find(id) {
    return this.#rooms.get(id)?.room
  }
  unreadOf(id) {
    return this.#rooms.get(id)?.unread
  }
  get total() {
    return [...this.#rooms.values()].reduce(
      (sum, entry) => sum + (entry.loud ? entry.unread.unread : entry.unread.mentions),
      0,
    )
  }

  /** The snapshot has been read again: these are all the rooms there are. */
  reload(rooms) {
    const kept = new Set(rooms.map(({ id }) => id))
    for (const id of [...this.#rooms.keys()]) if (!kept.has(id)) this.remove(id)
    for (const room of rooms) this.put(room)
  }

  /** A room I have joined, or that has changed. */
  put(room) {
    const entry = this.#keep(room)
    this.#draw(room.id)
    if (!entry.row.isConnected) this.#place(entry)
  }

  remove(id) {
    this.#rooms.get(id)?.row.remove()
    if (this.#rooms.delete(id)) this.dispatchEvent(new Event("change"))
  }

  /** What `room.updated` says of a room: its name, whether it is archived. A direct room is named after its people. */
  update(id, { name, archived }) {
    const room = this.find(id)
    if (!room) return
    if (room.kind !== "direct") room.name = name
    room.archived = archived
    this.#draw(id)
  }

  involve(id, involvement) {
    const entry = this.#rooms.get(id)
    if (!entry) return
    entry.room.involvement = involvement
    entry.loud = involvement === "everything"
    this.#draw(id)
  }

  event(id, item) {
    const entry = this.#rooms.get(id)
    if (!entry) return
    entry.unread.event(item)
    if (item.type === "message.created" && entry.room.kind === "direct") this.#place(entry)
    this.#draw(id)
  }

  read(id, counts) {
    this.unreadOf(id)?.count(counts)
    this.#draw(id)
  }

  /** The ids of the people who are online: a direct room shows whether one of its others is. */
  presence(id, online) {
    const entry = this.#rooms.get(id)
    const here = entry?.room.members.some((user) => user !== this.#me.id && online.includes(user))
    entry?.row.querySelector(".presence").classList.toggle("is-online", Boolean(here))
  }

  open(id) {
    const before = this.#current
    this.#current = id
    for (const room of [before, id]) if (room && this.#rooms.has(room)) this.#draw(room)
    this.#rooms.get(id)?.row.scrollIntoView({ block: "nearest" })
  }

  /** The next room with something unread, in the order of the list; `step` is 1 or -1. */
  nextUnread(step) {
    const ids = [...document.querySelectorAll(".room-item:not([hidden])")].map((row) => Number(row.dataset.room))
    const at = ids.indexOf(this.#current)
    const turned =
      step > 0
        ? [...ids.slice(at + 1), ...ids.slice(0, at + 1)]
        : [...ids.slice(0, Math.max(at, 0)).reverse(), ...ids.slice(Math.max(at, 0)).reverse()]
    return turned.find((id) => id !== this.#current && this.unreadOf(id).unread > 0)
  }

  /** Rooms stand by name, so that each stays where it is; direct ones by what was said last. */
  #place({ room, row }) {
    if (room.kind === "direct") return this.#lists.direct.prepend(row)
    const after = [...this.#lists.room.children].find(
      (other) => this.find(Number(other.dataset.room)).name.localeCompare(room.name) > 0,
    )
    this.#lists.room.insertBefore(row, after ?? null)
  }

  #keep(room) {
    const old = this.#rooms.get(room.id)
    const row =
      old?.row ?? document.querySelector(`.room-item[data-room="${room.id}"]`) ?? fromTemplate("room-link-template")
    if (old) old.unread.count(room)
    const entry = {
      room,
      row,
      unread: old?.unread ?? new Unread(room, this.#me.id),
      loud: room.involvement === "everything",
    }
    this.#rooms.set(room.id, entry)
    return entry
  }

  #draw(id) {
    const { room, row, unread } = this.#rooms.get(id)
    const link = row.querySelector(".room-link")
    const badge = row.querySelector(".badge")
    Object.assign(row.dataset, { room: id, kind: room.kind })
    row.hidden = room.archived && id !== this.#current
    link.href = `/rooms/${id}/`
    link.classList.toggle("has-unread", unread.unread > 0 && room.involvement !== "nothing")
    link.classList.toggle("is-muted", room.involvement === "nothing")
    if (id === this.#current) link.setAttribute("aria-current", "page")
    else link.removeAttribute("aria-current")
    row.querySelector(".room-name").textContent = room.name
    row.querySelector(".room-draft").hidden = id === this.#current || !readDraft(this.#me.id, id)
    badge.hidden = !unread.unread
    badge.querySelector(".badge-at").hidden = !unread.mentions
    badge.querySelector(".badge-count").textContent = unread.unread > 99 ? "99+" : unread.unread
    this.dispatchEvent(new Event("change"))
  }
}
