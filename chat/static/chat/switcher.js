// Ctrl+K: go to any room or person by a few letters.

import { fillAvatar } from "../project/avatar.js"
import { findPeople } from "./api.js"
import { fromTemplate, toast } from "./dom.js"
import { Everybody } from "./everybody.js"
import { matching } from "./matching.js"

const SHOWN = 12

export class Switcher {
  #dialog = document.getElementById("switcher")
  #input = document.getElementById("switcher-input")
  #list = document.getElementById("switcher-list")
  #parts
  #people = new Everybody(findPeople, () => this.#draw())
  #found = []
  #at = 0

  /** parts: {roomsList, me, goTo(room), openDirect(user ids)}. */
  constructor(parts) {
    this.#parts = parts
    document.addEventListener("click", (event) => event.target.closest('[data-open="switcher"]') && this.open())
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      if (this.#dialog.open) this.#dialog.close()
      else this.open()
    })
    this.#input.addEventListener("input", () => {
      this.#draw()
      this.#people.look(this.#input.value)
    })
    this.#input.addEventListener("keydown", (event) => this.#key(event))
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest(".option")
      if (option) this.#take([...this.#list.children].indexOf(option))
    })
  }

  async open() {
    this.#input.value = ""
    const loading = this.#people.load([this.#parts.me.id])
    this.#draw()
    this.#dialog.showModal()
    await loading.catch(() => {}) // offline: the rooms are known without asking
  }

  #draw() {
    const { roomsList } = this.#parts
    const rooms = roomsList
      .all()
      .map((room) => ({ room, names: [room.name], unread: roomsList.unreadOf(room.id).unread }))
    rooms.sort((a, b) => (b.unread > 0) - (a.unread > 0))
    const people = this.#people.known.map((person) => ({ person, names: [person.name, person.username] }))
    const text = this.#input.value
    this.#found = matching(text ? [...rooms, ...people] : rooms, text, ({ names }) => names).slice(0, SHOWN)
    this.#list.replaceChildren(...this.#found.map((item, at) => this.#option(item, at)))
    this.#list.hidden = !this.#found.length
    this.#dialog.querySelector(".switcher-none").hidden = this.#found.length > 0
    this.#choose(0)
  }

  #option({ room, person, unread }, at) {
    const option = fromTemplate("option-template")
    option.id = `switcher-${at}`
    const face = option.querySelector(".option-face")
    if (person) {
      face.classList.add("avatar", "small")
      fillAvatar(face, person)
    } else option.dataset.kind = room.kind
    option.querySelector(".option-text").textContent = person?.name ?? room.name
    option.querySelector(".option-note").textContent = person ? `@${person.username}` : unread ? `${unread} unread` : ""
    return option
  }

  #key(event) {
    if (event.isComposing || !this.#found.length) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) this.#choose((this.#at + step + this.#found.length) % this.#found.length)
    else if (event.key === "Enter") this.#take(this.#at)
    else return
    event.preventDefault()
  }

  #choose(at) {
    this.#at = at
    ;[...this.#list.children].forEach((option, other) => option.setAttribute("aria-selected", String(other === at)))
    this.#list.children[at]?.scrollIntoView({ block: "nearest" })
    this.#input.setAttribute("aria-activedescendant", this.#found.length ? `switcher-${at}` : "")
  }

  async #take(at) {
    const { room, person } = this.#found[at]
    this.#dialog.close()
    try {
      if (room) this.#parts.goTo(room)
      else await this.#parts.openDirect([person.id])
    } catch (error) {
      toast(error.message)
    }
  }
}
