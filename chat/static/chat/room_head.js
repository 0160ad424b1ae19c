// What a room is and what the reader may do in it, as the page shows it: name, archived or not, role.

export class RoomHead {
  #main
  #room

  constructor(main, room) {
    this.#main = main
    this.#room = room
  }

  /** What `room.updated` says. A direct room is named after its people, differently for each of them. */
  update({ name, archived }) {
    if (this.#room.kind !== "direct") this.#room.name = name
    this.#room.archived = archived
    this.#main.querySelector("#room-name").textContent = this.#room.name
    this.#main.querySelector("#room-closed").hidden = !archived
    this.#main.querySelector("#composer").hidden = archived
    this.#main.toggleAttribute("data-archived", archived)
  }

  setRole(role) {
    this.#room.role = role
    this.#main.dataset.role = role
  }
}
