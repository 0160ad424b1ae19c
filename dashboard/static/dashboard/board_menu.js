// What can be done with the whole board: edit, versions, its JSON, delete.

import { download } from "./csv.js"
import { openBeside, withArrows } from "./menus.js"

export class BoardMenu {
  #editor
  #json = document.getElementById("board-json")
  #menu = document.getElementById("board-menu")
  #options

  /** @param {{ root: HTMLElement, page: object, editor: object, versions: object, live: object, tell: object }} options */
  constructor(options) {
    this.#options = options
    this.#editor = options.editor
    withArrows(this.#menu)
    options.root.querySelector("[data-board-menu]").addEventListener("click", ({ currentTarget }) => openBeside(this.#menu, currentTarget))
    this.#menu.addEventListener("click", ({ target }) => this.#pressed(target.closest("[data-do]")?.dataset.do))
    this.#json.querySelector("form").addEventListener("submit", (event) => this.#take(event))
    this.#json.querySelector("[data-download]").addEventListener("click", () => this.#download())
    this.#json.querySelector("input[type=file]").addEventListener("change", ({ target }) => this.#read(target.files[0]))
    const sure = document.getElementById("board-delete")
    sure.addEventListener("close", () => sure.returnValue === "yes" && this.#delete())
    document.addEventListener("click", ({ target }) => target.closest("[data-close]")?.closest("dialog")?.close())
  }

  #pressed(deed) {
    if (!deed) return
    this.#menu.hidePopover()
    if (deed === "edit") this.#editor.begin()
    if (deed === "kiosk") this.#options.root.querySelector("[data-kiosk=on]").click()
    if (deed === "versions") this.#options.versions.open()
    if (deed === "delete") document.getElementById("board-delete").showModal()
    if (deed === "json") this.#openJson()
  }

  get #text() {
    return this.#json.querySelector("textarea")
  }

  #openJson() {
    const { title, panels } = this.#editor.draft ?? this.#options.page.board
    this.#text.value = JSON.stringify({ title, panels }, null, 2)
    this.#say("")
    this.#json.showModal()
  }

  #take(event) {
    event.preventDefault()
    try {
      this.#editor.begin()
      this.#editor.draft.fromJson(this.#text.value)
      this.#json.close()
    } catch (error) {
      this.#say(error.message)
    }
  }

  #download() {
    download(`${this.#options.page.board.slug}.json`, this.#text.value, "application/json")
  }

  async #read(file) {
    if (file) this.#text.value = await file.text()
  }

  #say(text) {
    const said = this.#json.querySelector(".error")
    said.textContent = text
    said.hidden = !text
  }

  async #delete() {
    try {
      await this.#options.live.command("board.delete", { board: this.#options.page.board.slug })
      location.assign("/dashboard/")
    } catch (error) {
      this.#options.tell.complain(error)
    }
  }
}
