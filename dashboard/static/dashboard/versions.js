// What a board or a rule once was, what has changed since, and the way back.

const KINDS = { added: "Added", removed: "Removed", changed: "Changed", moved: "Moved", renamed: "Renamed" }

export class Versions {
  #dialog = document.getElementById("versions")
  #list = this.#dialog.querySelector(".version-list")
  #options
  #versions = []

  /**
   * @param {object} options
   * @param {() => Promise<object[]>} options.read  the newest first
   * @param {number} options.now  which of them is the present one
   * @param {(before: object, after: object) => object[]} options.diff  see diff.js
   * @param {(version: object) => Promise<void>} options.restore
   * @param {string} options.made  what happened in the first one
   * @param {object} options.times
   * @param {{ complain: (error: Error) => void }} options.tell
   */
  constructor(options) {
    this.#options = options
    this.#list.addEventListener("click", ({ target }) => this.#restore(target.closest("[data-restore]")))
  }

  async open() {
    this.#list.replaceChildren()
    this.#dialog.showModal()
    try {
      this.#versions = await this.#options.read()
      this.#list.replaceChildren(...this.#versions.map((version, place) => this.#item(version, this.#versions[place + 1])))
    } catch (error) {
      this.#dialog.close()
      this.#options.tell.complain(error)
    }
  }

  #item(version, before) {
    const item = document.getElementById("version-template").content.firstElementChild.cloneNode(true)
    const isNow = version.version === this.#options.now
    item.querySelector(".version-name").textContent = `Version ${version.version}${isNow ? ", as it is now" : ""}`
    const at = this.#options.times.moment(Date.parse(version.at) / 1000, 60)
    item.querySelector(".version-meta").textContent = version.author?.name ? `${at}, ${version.author.name}` : at
    const button = item.querySelector("[data-restore]")
    button.hidden = isNow
    button.dataset.restore = version.version
    item.querySelector(".version-changes").append(...this.#changes(before, version))
    return item
  }

  #changes(before, version) {
    const line = (text, className) => Object.assign(document.createElement("li"), { textContent: text, className })
    if (!before) return [line(version.version === 1 ? this.#options.made : "What was before is not kept.", "muted")]
    const changes = this.#options.diff(before, version)
    if (!changes.length) return [line("Nothing changed.", "muted")]
    return changes.map(({ kind, title, fields }) => {
      const item = line([KINDS[kind], title].filter(Boolean).join(": "), `change-${kind}`)
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
      await this.#options.restore(this.#versions.find(({ version }) => version === Number(button.dataset.restore)))
    } catch (error) {
      this.#options.tell.complain(error)
    }
    button.disabled = false
  }
}
