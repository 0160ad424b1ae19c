// Who is writing: tells the others that I am, and shows that they are.

import { nameList } from "./dom.js"

const AGAIN_MS = 3_000 // well inside the 6 s after which the others forget it
const FORGET_MS = 6_000
const SHOWN = 3

export class Typing {
  #room
  #live
  #element
  #me
  #typists = new Map()
  #lastStart = 0

  constructor(element, room, { live, me }) {
    this.#element = element
    this.#room = room
    this.#live = live
    this.#me = me.id
  }

  disconnect() {
    this.stop()
    for (const { timer } of this.#typists.values()) clearTimeout(timer)
    this.#typists.clear()
  }

  start() {
    if (Date.now() - this.#lastStart < AGAIN_MS) return
    this.#lastStart = Date.now()
    this.#live.notify("typing.start", { room: this.#room })
  }

  stop() {
    if (!this.#lastStart) return
    this.#lastStart = 0
    this.#live.notify("typing.stop", { room: this.#room })
  }

  /** Somebody started or stopped, as the ephemeral items say; or has just sent what they were writing. */
  started(user) {
    if (user.id === this.#me) return
    clearTimeout(this.#typists.get(user.id)?.timer)
    const timer = setTimeout(() => this.stopped(user), FORGET_MS)
    this.#typists.set(user.id, { name: user.name, timer })
    this.#draw()
  }

  stopped(user) {
    clearTimeout(this.#typists.get(user.id)?.timer)
    if (this.#typists.delete(user.id)) this.#draw()
  }

  #draw() {
    const names = [...this.#typists.values()].map(({ name }) => name)
    this.#element.textContent = names.length
      ? `${nameList(names, SHOWN)} ${names.length > 1 ? "are" : "is"} writing…`
      : ""
  }
}
