// The dialog of one room: its name, what I want to hear of it, its people, leaving and archiving.

import { fillAvatar } from "../project/avatar.js"
import { confirm, showError } from "./dialogs.js"
import { fromTemplate, toast } from "./dom.js"

export class RoomSettings {
  #dialog = document.getElementById("room-settings")
  #live
  #roomsList
  #me
  #pane
  #paneNow

  /** `pane()` is the open RoomPane, or null. */
  constructor({ live, roomsList, me, pane }) {
    this.#live = live
    this.#roomsList = roomsList
    this.#me = me
    this.#paneNow = pane
    document.addEventListener("click", (event) => event.target.closest('[data-open="room"]') && this.open())
    const on = (selector, type, work) => this.#dialog.querySelector(selector).addEventListener(type, work)
    on("#rename", "submit", (event) => this.#rename(event))
    on("#involvement", "change", ({ target }) => this.#involve(target.value))
    on("#archive", "click", () => this.#archive())
    on("#leave", "click", () => this.#leave())
    on("#member-list", "change", ({ target }) => this.#setRole(target))
    on("#member-list", "click", ({ target }) => this.#remove(target.closest(".member-remove")))
  }

  open() {
    this.#pane = this.#paneNow()
    const { room } = this.#pane
    const direct = room.kind === "direct"
    const may = {
      owner: room.role === "owner" && !direct,
      moderator: ["owner", "moderator"].includes(room.role) && !direct,
      group: !direct,
    }
    for (const element of this.#dialog.querySelectorAll("[data-needs]")) element.hidden = !may[element.dataset.needs]
    this.#dialog.querySelector("#leave").hidden = direct
    this.#dialog.querySelector("#rename-name").value = room.name
    this.#dialog.querySelector(`[name=involvement][value="${room.involvement}"]`).checked = true
    this.#dialog.querySelector("#archive span").textContent = room.archived ? "Open again" : "Archive"
    showError(this.#dialog, null)
    this.#drawMembers()
    this.#dialog.showModal()
  }

  #drawMembers() {
    const { room, people } = this.#pane
    const list = this.#dialog.querySelector("#member-list")
    list.replaceChildren(...people.all().map((person) => this.#row(person, room)))
  }

  #row(person, room) {
    const row = fromTemplate("member-template")
    row.dataset.user = person.id
    fillAvatar(row.querySelector(".avatar"), person)
    row.querySelector(".member-name").textContent = person.id === this.#me.id ? `${person.name} (you)` : person.name
    const role = row.querySelector(".member-role")
    role.value = person.role
    role.setAttribute("aria-label", `Role of ${person.name}`)
    role.disabled = room.role !== "owner" || person.id === this.#me.id
    const remove = row.querySelector(".member-remove")
    remove.setAttribute("aria-label", `Remove ${person.name}`)
    const may = room.role === "owner" || (room.role === "moderator" && person.role === "member")
    remove.classList.toggle("is-absent", !may || person.id === this.#me.id)
    return row
  }

  /** Runs a command and shows its error here. -> whether it was done */
  async #do(name, data) {
    try {
      showError(this.#dialog, null)
      await this.#live.command(name, { room: this.#pane.room.id, ...data })
      return true
    } catch (error) {
      showError(this.#dialog, error)
      return false
    }
  }

  async #rename(event) {
    event.preventDefault()
    const name = this.#dialog.querySelector("#rename-name").value.trim()
    if (name !== this.#pane.room.name && (await this.#do("room.rename", { name }))) toast("Renamed")
  }

  async #involve(involvement) {
    if (await this.#do("room.involvement", { involvement })) {
      this.#pane.room.involvement = involvement
      this.#roomsList.involve(this.#pane.room.id, involvement)
    }
  }

  async #setRole(select) {
    const user = Number(select.closest(".member").dataset.user)
    if (!(await this.#do("room.role", { user, role: select.value }))) this.#drawMembers()
  }

  async #remove(button) {
    if (!button) return
    const user = Number(button.closest(".member").dataset.user)
    const { name } = this.#pane.people.find(user)
    const sure = await confirm({
      title: `Remove ${name}?`,
      text: "They lose access to this room at once, on every device.",
      action: "Remove",
    })
    if (sure && (await this.#do("room.remove", { user }))) button.closest(".member").remove()
  }

  async #archive() {
    const { room } = this.#pane
    const archived = !room.archived
    const sure =
      !archived ||
      (await confirm({
        title: `Archive ${room.name}?`,
        text: "It stays readable, but nobody can write there until an owner opens it again.",
        action: "Archive",
      }))
    if (sure && (await this.#do(archived ? "room.archive" : "room.unarchive", {}))) this.#dialog.close()
  }

  async #leave() {
    const { room } = this.#pane
    const text =
      room.kind === "closed"
        ? "You can come back only if somebody invites you."
        : "You can join again whenever you like."
    const sure = await confirm({ title: `Leave ${room.name}?`, text, action: "Leave" })
    if (sure && (await this.#do("room.leave", {}))) this.#dialog.close()
  }
}
