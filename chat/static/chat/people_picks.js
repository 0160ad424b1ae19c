// A list of people with a box before each, and a field that narrows it: for invitations and direct messages.

import { fillAvatar } from "../project/avatar.js"
import { findPeople } from "./api.js"
import { fromTemplate } from "./dom.js"
import { showError } from "./dialogs.js"
import { Everybody } from "./everybody.js"
import { matching } from "./matching.js"

export class PeoplePicks {
  #dialog
  #most
  #people = new Everybody(findPeople, () => this.#draw())
  #chosen = new Set()

  constructor(dialog, most = Infinity) {
    this.#dialog = dialog
    this.#most = most
    dialog.querySelector("input[type=search]").addEventListener("input", ({ target }) => {
      this.#draw()
      this.#people.look(target.value)
    })
    dialog
      .querySelector(".picks")
      .addEventListener("change", ({ target }) => this.#toggle(Number(target.value), target.checked))
  }

  get chosen() {
    return [...this.#chosen]
  }

  /** Opens with everyone but the people with these ids. */
  async open(without) {
    const filter = this.#dialog.querySelector("input[type=search]")
    filter.value = ""
    this.#chosen.clear()
    const loading = this.#people.load(without)
    this.#draw()
    showError(this.#dialog, null)
    this.#dialog.showModal()
    try {
      await loading
      const none = this.#dialog.querySelector(".picks-none")
      if (none) none.hidden = this.#people.known.length > 0 || this.#people.hasMore
    } catch {
      showError(this.#dialog, { message: "The list of people could not be loaded. Try again when you are online." })
    }
  }

  #toggle(id, on) {
    if (on) this.#chosen.add(id)
    else this.#chosen.delete(id)
    this.#draw()
  }

  #draw() {
    const text = this.#dialog.querySelector("input[type=search]").value
    const list = this.#dialog.querySelector(".picks")
    const focused = document.activeElement?.closest(".picks") ? Number(document.activeElement.value) : null
    const full = this.#chosen.size >= this.#most
    list.replaceChildren(
      ...matching(this.#people.known, text, ({ name, username }) => [name, username]).map((person) =>
        this.#row(person, full),
      ),
    )
    this.#dialog.querySelector(".dialog-foot .primary").disabled = !this.#chosen.size
    if (focused) list.querySelector(`input[value="${focused}"]`)?.focus()
  }

  #row(person, full) {
    const row = fromTemplate("pick-template")
    const box = row.querySelector("input")
    box.value = person.id
    box.checked = this.#chosen.has(person.id)
    box.disabled = full && !box.checked
    fillAvatar(row.querySelector(".avatar"), person)
    row.querySelector(".pick-name").textContent = person.name
    row.querySelector(".pick-note").textContent = `@${person.username}`
    return row
  }
}
