// The people of a rule: chosen by a few typed letters of their names, out of however many there are.

import { fromTemplate } from "../notifications/row.js"
import { fillAvatar } from "../project/avatar.js"
import { Completion } from "../project/completion.js"
import { findPeople, readPeople } from "./alert_api.js"

const SHOWN = 6
/** Somebody may be typing still. */
const WAIT_MS = 150

export class PeopleField {
  #changed
  #chosen = new Map()
  #completion
  #input
  #known
  #list
  #none
  #turn = 0

  /** @param {HTMLElement} root @param {object[]} known  people to name without asking @param {() => void} changed */
  constructor(root, known, changed) {
    this.#changed = changed
    this.#known = new Map(known.map((person) => [person.id, person]))
    this.#list = root.querySelector(".followers")
    this.#none = root.querySelector(".followers-none")
    this.#input = root.querySelector("input")
    this.#completion = new Completion(this.#input, root.querySelector(".completions"), [this])
    this.#input.addEventListener("input", (event) => {
      event.stopPropagation() // a name that is being typed is no part of the rule yet
      this.#completion.look()
    })
    this.#input.addEventListener("keydown", (event) => this.#key(event))
    this.#list.addEventListener("click", ({ target }) => {
      const id = target.closest("[data-drop]")?.closest("[data-person]").dataset.person
      if (id) this.#drop(Number(id))
    })
  }

  /** @param {number[]} ids */
  async fill(ids) {
    this.#chosen = new Map(ids.map((id) => [id, this.#known.get(id)]))
    this.#draw()
    const unknown = ids.filter((id) => !this.#known.has(id))
    if (!unknown.length) return
    for (const person of await readPeople(unknown).catch(() => [])) {
      this.#known.set(person.id, person)
      if (this.#chosen.has(person.id)) this.#chosen.set(person.id, person)
    }
    this.#draw()
  }

  read() {
    return [...this.#chosen.keys()]
  }

  /** For the list below the field. */
  find(before) {
    this.#turn += 1
    return before.trim() ? this.#found(before, this.#turn) : null
  }

  async #found(before, turn) {
    await new Promise((done) => setTimeout(done, WAIT_MS))
    if (turn !== this.#turn) return null
    const people = await findPeople(before.trim(), SHOWN + this.#chosen.size).catch(() => [])
    const items = people.filter(({ id }) => !this.#chosen.has(id)).slice(0, SHOWN).map((person) => this.#item(person))
    return { start: 0, items, offered: false }
  }

  #item(person) {
    return {
      text: person.name,
      note: `@${person.username}`,
      take: () => this.#take(person),
      draw(face) {
        face.classList.add("avatar", "small")
        fillAvatar(face, person)
      },
    }
  }

  #key(event) {
    if (event.isComposing || this.#completion.key(event)) return
    if (event.key === "Enter") event.preventDefault() // it is no wish to save the rule
    if (event.key === "Backspace" && !this.#input.value && this.#chosen.size) this.#drop([...this.#chosen.keys()].at(-1))
  }

  #take(person) {
    this.#known.set(person.id, person)
    this.#chosen.set(person.id, person)
    this.#input.value = ""
    this.#draw()
    this.#changed()
  }

  #drop(id) {
    this.#chosen.delete(id)
    this.#draw()
    this.#input.focus()
    this.#changed()
  }

  #draw() {
    this.#list.replaceChildren(...[...this.#chosen].map(([id, person]) => row(id, person)))
    this.#none.hidden = this.#chosen.size > 0
  }
}

function row(id, person) {
  const element = fromTemplate("follower-template")
  const name = person?.name ?? "Somebody who is not here any more"
  element.dataset.person = id
  element.querySelector(".follower-name").textContent = name
  element.querySelector("[data-drop]").setAttribute("aria-label", `Remove ${name}`)
  const face = element.querySelector(".avatar")
  if (person) fillAvatar(face, person)
  else face.remove()
  return element
}
