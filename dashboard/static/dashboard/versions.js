// What a board once was, what has changed since, and the way back.

import { readVersions } from "./api.js"
import { diff } from "./diff.js"

const KINDS = { added: "Added", removed: "Removed", changed: "Changed", moved: "Moved", renamed: "Renamed" }

export class Versions {
  #board
  #dialog = document.getElementById("versions")
  #list = this.#dialog.querySelector(".version-list")
  #live
  #tell
  #times
  #versions = []

  /** @param {{ board: object, live: object, times: object, tell: { complain: Function } }} options */
  constructor({ board, live, times, tell }) {
    this.#board = board
    this.#live = live
    this.#times = times
    this.#tell = tell
    this.#list.addEventListener("click", ({ target }) => this.#restore(target.closest("[data-restore]")))
  }

  async open() {
    this.#list.replaceChildren()
    this.#dialog.showModal()
    try {
      this.#versions = await readVersions(this.#board.slug)
      this.#list.replaceChildren(...this.#versions.map((version, place) => this.#item(version, this.#versions[place + 1])))
    } catch (error) {
      this.#dialog.close()
      this.#tell.complain(error)
    }
  }

  #item(version, before) {
    const item = document.getElementById("version-template").content.firstElementChild.cloneNode(true)
    const isNow = version.version === this.#board.version
    item.querySelector(".version-name").textContent = `Version ${version.version}${isNow ? ", as it is now" : ""}`
    const at = this.#times.moment(Date.parse(version.at) / 1000, 60)
    item.querySelector(".version-meta").textContent = version.author?.name ? `${at}, ${version.author.name}` : at
    const button = item.querySelector("[data-restore]")
    button.hidden = isNow
    button.dataset.restore = version.version
    item.querySelector(".version-changes").append(...this.#changes(before, version))
    return item
  }

  #changes(before, version) {
    const line = (text, className) => Object.assign(document.createElement("li"), { textContent: text, className })
    if (!before) return [line(version.version === 1 ? "The board was made." : "What was before is not kept.", "muted")]
    const changes = diff(before, version)
    if (!changes.length) return [line("Nothing changed.", "muted")]
    return changes.map(({ kind, title, fields }) => {
      const item = line(`${KINDS[kind]}: ${title}`, `change-${kind}`)
      for (const field of kind === "renamed" ? [] : fields) {
        const detail = item.appendChild(document.createElement("p"))
        detail.className = "change-field"
        const [old, fresh] = ["del", "ins"].map((name) => document.createElement(name))
        old.textContent = field.before
        fresh.textContent = field.after
        detail.append(`${field.name} `, old, " ", fresh)
      }
      return item
    })
  }

  async #restore(button) {
    if (!button) return
    button.disabled = true
    try {
      await this.#live.command("board.restore", { board: this.#board.slug, version: Number(button.dataset.restore) })
      location.assign(location.pathname)
    } catch (error) {
      button.disabled = false
      this.#tell.complain(error)
    }
  }
}
