// Follows every room of mine for the counts at the left, and my inbox for what I do on other devices.

import { peopleById } from "./api.js"

const SPREAD_MS = 4_000 // after a restart everybody is back at once, and must not ask at once

export class RoomStreams {
  #parts
  #followed = new Map()
  #seen = new Set()
  #told = new Set()
  #asking = 0

  /** parts: {live, roomsList, me, pane(), reload(), gone(room)}. */
  constructor(parts) {
    this.#parts = parts
  }

  /** Follows what a page's snapshot has and is not followed yet, each from where the snapshot was taken. */
  follow({ rooms, positions }) {
    const inbox = `inbox.${this.#parts.me.id}`
    if (!this.#followed.has(inbox)) this.#subscribe(inbox, positions[inbox] ?? 0, { event: (item) => this.#mine(item) })
    for (const room of rooms) if (!this.#followed.has(room.stream)) this.#room(room)
  }

  #room(room) {
    const { roomsList } = this.#parts
    this.#subscribe(room.stream, room.head, {
      event: (item) => {
        if (item.type === "room.updated") roomsList.update(room.id, item.data)
        else roomsList.event(room.id, item)
      },
      ephemeral: ({ type, data }) => type === "presence.changed" && data.online && this.#presence(room, data.online),
      subscribed: () => room.kind === "direct" && this.#lookAroundSoon(room),
      denied: (item) => item.reason !== "limit" && this.#lost(room),
      revoked: () => this.#lost(room),
    })
  }

  #presence(room, online) {
    this.#told.add(room.id)
    this.#parts.roomsList.presence(room.id, online)
  }

  /** Nobody tells what presence did before a room was followed, or while it was not: it is asked for, once for all. */
  #lookAroundSoon(room) {
    const wait = this.#seen.has(room.id) ? Math.random() * SPREAD_MS : 0
    this.#seen.add(room.id)
    this.#asking ||= setTimeout(() => this.#lookAround(), wait)
  }

  async #lookAround() {
    this.#asking = 0
    this.#told.clear()
    const direct = this.#parts.roomsList.all().filter(({ kind }) => kind === "direct")
    const people = await peopleById(new Set(direct.flatMap(({ members }) => members))).catch(() => null)
    if (!people) return
    const online = people.filter((person) => person.online).map(({ id }) => id)
    const untold = direct.filter(({ id }) => !this.#told.has(id)) // what was told meanwhile is newer
    for (const room of untold) this.#parts.roomsList.presence(room.id, online)
  }

  #subscribe(stream, seq, handlers) {
    const reset = () => {
      this.#drop(stream)
      this.#parts.reload()
    }
    this.#followed.set(stream, this.#parts.live.subscribe(stream, seq, { ...handlers, reset }))
  }

  /** Both the stream and the inbox tell it; the first counts. */
  #lost(room) {
    if (!this.#followed.has(room.stream)) return
    this.#drop(room.stream)
    this.#parts.gone(room)
  }

  #drop(stream) {
    this.#followed.get(stream)?.()
    this.#followed.delete(stream)
  }

  #mine({ type, data }) {
    const { roomsList, pane } = this.#parts
    if (type === "read.moved") {
      roomsList.read(data.room, data)
      if (pane()?.room.id === data.room) pane().readElsewhere(data.read_seq)
    } else if (type === "involvement.changed") {
      roomsList.involve(data.room, data.involvement)
    } else if (type === "room.joined") {
      roomsList.put(data.room)
      if (!this.#followed.has(data.room.stream)) this.#room(data.room)
    } else if (type === "room.left") this.#lost(data.room)
  }
}
