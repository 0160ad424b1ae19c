// "@ma" and Enter: whom the writer means. The list stays out of the way until an @ starts a word.

import { fillAvatar, fromTemplate } from "./dom.js"
import { matching } from "./matching.js"

const SHOWN = 6
const EVERYONE = { id: 0, name: "room", mention: "room", note: "everyone in this room" }

export class MentionCompletion {
  #input
  #list
  #people
  #found = []
  #at = 0

  /** `people` is the room's People. */
  constructor(input, list, people) {
    this.#input = input
    this.#list = list
    this.#people = people
    input.setAttribute("aria-controls", list.id)
    input.addEventListener("blur", () => this.#show([]))
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault() // the textarea keeps the focus
      const option = event.target.closest(".option")
      if (option) this.#take([...list.children].indexOf(option))
    })
  }

  /** Looks at what stands before the cursor. */
  look() {
    const word = this.#word()
    this.#at = 0
    this.#show(
      word === null
        ? []
        : matching([...this.#people.mentionable(), EVERYONE], word, (person) => [person.name, person.mention]).slice(
            0,
            SHOWN,
          ),
    )
  }

  /** -> whether the key was for the list. */
  key(event) {
    if (this.#list.hidden) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) this.#choose((this.#at + step + this.#found.length) % this.#found.length)
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#at)
    else if (event.key === "Escape") this.#show([])
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  #word() {
    const before = this.#input.value.slice(0, this.#input.selectionStart)
    return /(?:^|[\s(])@([\p{L}\p{N}._-]{0,30})$/u.exec(before)?.[1] ?? null
  }

  #take(at) {
    const { selectionStart: end } = this.#input
    const start = end - this.#word().length
    this.#input.setRangeText(`${this.#found[at].mention} `, start, end, "end")
    this.#input.dispatchEvent(new InputEvent("input", { bubbles: true }))
  }

  #show(found) {
    this.#found = found
    this.#list.replaceChildren(...found.map((person, at) => this.#option(person, at)))
    this.#list.hidden = !found.length
    if (found.length) this.#choose(0)
    else this.#input.removeAttribute("aria-activedescendant")
  }

  #option(person, at) {
    const option = fromTemplate("option-template")
    option.id = `completion-${at}`
    option.querySelector(".option-text").textContent = person.name
    option.querySelector(".option-note").textContent = person.note ?? `@${person.mention}`
    const face = option.querySelector(".option-face")
    if (person.id) {
      face.classList.add("avatar", "small")
      fillAvatar(face, person)
    } else face.textContent = "@"
    return option
  }

  #choose(at) {
    this.#at = at
    ;[...this.#list.children].forEach((option, other) => option.setAttribute("aria-selected", String(other === at)))
    this.#list.children[at].scrollIntoView({ block: "nearest" })
    this.#input.setAttribute("aria-activedescendant", `completion-${at}`)
  }
}
