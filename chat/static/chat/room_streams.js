// Follows every room of mine for the counts at the left, and my inbox for what I do on other devices.

import { allPeople } from "./api.js"

export class RoomStreams {
  #parts
  #followed = new Map()

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

  /** Who is online now, for the direct rooms; from here on their streams tell. */
  async lookAround() {
    const people = await allPeople().catch(() => [])
    const online = people.filter((person) => person.online).map(({ id }) => id)
    for (const room of this.#parts.roomsList.all()) this.#parts.roomsList.presence(room.id, online)
  }

  #room(room) {
    const { roomsList } = this.#parts
    this.#subscribe(room.stream, room.head, {
      event: (item) => {
        if (item.type === "room.updated") roomsList.update(room.id, item.data)
        else roomsList.event(room.id, item)
      },
      ephemeral: ({ type, data }) =>
        type === "presence.changed" && data.online && roomsList.presence(room.id, data.online),
      denied: (item) => item.reason !== "limit" && this.#lost(room),
      revoked: () => this.#lost(room),
    })
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
