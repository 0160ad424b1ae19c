// What can be done with the whole board: edit, versions, its JSON, delete.

import { JsonDialog } from "./json_dialog.js"
import { openBeside, withArrows } from "./menus.js"

export class BoardMenu {
  #editor
  #json
  #menu = document.getElementById("board-menu")
  #options

  /** @param {{ root: HTMLElement, page: object, editor: object, versions: object, share: object, live: object, tell: object }} options */
  constructor(options) {
    this.#options = options
    this.#editor = options.editor
    withArrows(this.#menu)
    options.root.querySelector("[data-board-menu]").addEventListener("click", ({ currentTarget }) => openBeside(this.#menu, currentTarget))
    this.#menu.addEventListener("click", ({ target }) => this.#pressed(target.closest("[data-do]")?.dataset.do))
    this.#json = new JsonDialog(document.getElementById("board-json"), {
      name: `${options.page.board.slug}.json`,
      read: () => this.#read(),
      take: (text) => this.#take(text),
    })
    const sure = document.getElementById("board-delete")
    sure.addEventListener("close", () => sure.returnValue === "yes" && this.#delete())
    document.addEventListener("click", ({ target }) => target.closest("[data-close]")?.closest("dialog")?.close())
  }

  #pressed(deed) {
    if (!deed) return
    this.#menu.hidePopover()
    if (deed === "edit") this.#editor.begin()
    if (deed === "kiosk") this.#options.root.querySelector("[data-kiosk=on]").click()
    if (deed === "share") this.#options.share.open()
    if (deed === "versions") this.#options.versions.open()
    if (deed === "delete") document.getElementById("board-delete").showModal()
    if (deed === "json") this.#json.open()
  }

  #read() {
    const { title, panels } = this.#editor.draft ?? this.#options.page.board
    return JSON.stringify({ title, panels }, null, 2)
  }

  #take(text) {
    this.#editor.begin()
    this.#editor.draft.fromJson(text)
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
