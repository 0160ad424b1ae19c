// The people of one room, who is here first, and its bots, which are neither here nor away.

import { fillAvatar } from "../project/avatar.js"
import { fromTemplate } from "./dom.js"

const GROUPS = ["online", "offline", "bots"]
const groupOf = ({ is_bot: isBot, online }) => (isBot ? "bots" : online ? "online" : "offline")

export class People {
  #pane
  #main
  #me
  #people
  #tooMany = null

  /** `people`: [{id, name, avatar, online, role}], which the server has drawn already. Whoever looks, `me`, is here. */
  constructor(pane, main, people, me) {
    this.#pane = pane
    this.#main = main
    this.#me = me
    this.#keep(people)
    this.#count()
  }

  /** Whom a message here can mention, by name. */
  mentionable() {
    return this.all()
      .filter(({ id, username }) => id !== this.#me && username)
      .map((person) => ({ ...person, mention: person.username }))
  }

  /** A newer snapshot. */
  replace(people) {
    this.#keep(people)
    this.#draw()
  }

  all() {
    return [...this.#people.values()].sort((a, b) => a.name.localeCompare(b.name))
  }
  find(id) {
    return this.#people.get(id)
  }

  joined(user, role) {
    this.#people.set(user.id, { online: false, ...this.#people.get(user.id), ...user, role })
    this.#draw()
  }

  left(user) {
    this.#people.delete(user.id)
    this.#draw()
  }

  /** `online` is a list of ids; big rooms tell only how many. */
  presence({ online, count }) {
    this.#tooMany = online ? null : count
    if (online)
      for (const person of this.#people.values()) person.online = person.id === this.#me || online.includes(person.id)
    this.#draw()
  }

  #keep(people) {
    this.#people = new Map(
      people.map((person) => [person.id, { ...person, online: person.online || person.id === this.#me }]),
    )
  }

  #draw() {
    const people = this.all()
    for (const name of GROUPS) {
      const some = people.filter((person) => groupOf(person) === name)
      this.#pane.querySelector(`#${name}-list`).replaceChildren(...some.map((person) => this.#row(person)))
    }
    this.#count()
  }


  #row(person) {
    const row = this.#pane.querySelector(`[data-user="${person.id}"]`) ?? fromTemplate("person-template")
    row.dataset.user = person.id
    const group = groupOf(person)
    row.classList.toggle("is-online", group === "online")
    row.classList.toggle("is-bot", group === "bots")
    row.querySelector(".person-button").dataset.person = person.id
    row.querySelector(".person-name").textContent = person.name
    row.querySelector(".person-role").textContent = person.role && person.role !== "member" ? person.role : ""
    row.querySelector(".person-status").textContent = group === "bots" ? "bot" : group
    fillAvatar(row.querySelector(".avatar"), person)
    return row
  }

  #count() {
    const sizes = Object.fromEntries(GROUPS.map((name) => [name, 0]))
    for (const person of this.#people.values()) sizes[groupOf(person)] += 1
    const people = sizes.online + sizes.offline
    const online = this.#tooMany ?? sizes.online
    for (const [name, size] of Object.entries({ online, offline: Math.max(0, people - online), bots: sizes.bots })) {
      this.#pane.querySelector(`#${name}-title .people-number`).textContent = size
    }
    this.#main.querySelector("#people-count").textContent = people
    this.#main.querySelector("#online-count").textContent = online ? ` · ${online} online` : ""
  }
}
