// Dialogs that make a room or bring people into one.

import { onSubmit, showError } from "./dialogs.js"
import { PeoplePicks } from "./people_picks.js"

const DIRECT_MOST = 7 // others, beside oneself

const dialog = (id) => document.getElementById(id)

export class RoomDialogs {
  #live
  #goTo
  #me
  #direct = new PeoplePicks(dialog("direct"), DIRECT_MOST)
  #invite = new PeoplePicks(dialog("invite"))
  #room = null

  /** `goTo(room)` shows a room; `pane()` is the open RoomPane, or null. */
  constructor({ live, goTo, pane, me }) {
    this.#live = live
    this.#goTo = goTo
    this.#me = me
    onSubmit(dialog("create"), (form) => this.#create(form))
    onSubmit(dialog("direct"), () => this.openDirect(this.#direct.chosen))
    onSubmit(dialog("invite"), () => this.#inviteAll())
    document.addEventListener("click", (event) => {
      const what = event.target.closest("[data-open]")?.dataset.open
      const person = Number(event.target.closest("[data-person]")?.dataset.person ?? 0)
      if (what === "create") this.#openCreate()
      else if (what === "direct") this.#direct.open([me.id])
      else if (what === "invite") this.#openInvite(pane())
      else if (what === "keys") dialog("keys").showModal()
      if (person && person !== me.id) this.openDirect([person])
    })
  }

  /** Shows the direct room with these others; makes it if it is their first word. Throws CommandError. */
  async openDirect(others) {
    this.#goTo(await this.#live.command("room.create", { kind: "direct", members: [this.#me.id, ...others] }))
  }

  #openCreate() {
    dialog("create").querySelector("form").reset()
    showError(dialog("create"), null)
    dialog("create").showModal()
  }

  async #create(form) {
    const { name, kind } = Object.fromEntries(new FormData(form))
    this.#goTo(await this.#live.command("room.create", { name: name.trim(), kind }))
  }

  #openInvite(pane) {
    this.#room = pane.room
    this.#invite.open(pane.people.all().map(({ id }) => id))
  }

  async #inviteAll() {
    for (const user of this.#invite.chosen) await this.#live.command("room.invite", { room: this.#room.id, user })
  }
}
