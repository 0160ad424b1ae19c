// The people of one room, who is here first.

import { fillAvatar } from "../project/avatar.js"
import { fromTemplate } from "./dom.js"

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
    for (const [list, online] of [
      ["#online-list", true],
      ["#offline-list", false],
    ]) {
      const element = this.#pane.querySelector(list)
      const here = this.all().filter((person) => Boolean(person.online) === online)
      element.replaceChildren(...here.map((person) => this.#row(person)))
    }
    this.#count()
  }

  #row(person) {
    const row = this.#pane.querySelector(`[data-user="${person.id}"]`) ?? fromTemplate("person-template")
    row.dataset.user = person.id
    row.classList.toggle("is-online", Boolean(person.online))
    row.querySelector(".person-button").dataset.person = person.id
    row.querySelector(".person-name").textContent = person.name
    row.querySelector(".person-role").textContent = person.role && person.role !== "member" ? person.role : ""
    row.querySelector(".person-status").textContent = person.online ? "online" : "offline"
    fillAvatar(row.querySelector(".avatar"), person)
    return row
  }

  #count() {
    const online = this.#tooMany ?? this.all().filter((person) => person.online).length
    this.#pane.querySelector("#online-title .people-number").textContent = online
    this.#pane.querySelector("#offline-title .people-number").textContent = Math.max(0, this.#people.size - online)
    this.#main.querySelector("#people-count").textContent = this.#people.size
    this.#main.querySelector("#online-count").textContent = online ? ` · ${online} online` : ""
  }
}
