// Links to a board: made, seen, and ended.

import { readShares } from "./api.js"

const SAID_MS = 2000

export class ShareDialog {
  #dialog = document.getElementById("share")
  #form = this.#dialog.querySelector("form")
  #list = this.#dialog.querySelector(".share-list")
  #options

  /** @param {{ slug: string, live: object, times: object, shown: () => { from: number, to: number } }} options */
  constructor(options) {
    this.#options = options
    this.#form.addEventListener("submit", (event) => this.#make(event))
    this.#list.addEventListener("click", ({ target }) => this.#end(target.closest("[data-share]")))
    const copy = this.#dialog.querySelector("[data-copy-link]")
    copy.hidden = !navigator.clipboard
    copy.addEventListener("click", () => this.#copy(copy))
  }

  open() {
    this.#said("")
    this.#dialog.querySelector(".share-made").hidden = true
    const { from, to } = this.#options.shown()
    this.#dialog.querySelector(".share-span").textContent = this.#options.times.stretch(from, to)
    this.#dialog.showModal()
    this.#refresh()
  }

  get #link() {
    return this.#dialog.querySelector("#share-link")
  }

  async #make(event) {
    event.preventDefault()
    const { name, seconds, mode } = this.#form.elements
    const { from, to } = this.#options.shown()
    const frozen = mode.value === "frozen" ? { frozen: { from: Math.floor(from), to: Math.ceil(to) } } : {}
    const wanted = { board: this.#options.slug, name: name.value, seconds: Number(seconds.value), ...frozen }
    await this.#try(async () => {
      const made = await this.#options.live.command("board.share", wanted)
      this.#link.value = new URL(made.path, location.href).href
      this.#dialog.querySelector(".share-made").hidden = false
      this.#link.select()
      name.value = ""
    })
  }

  async #end(button) {
    if (button) await this.#try(() => this.#options.live.command("board.unshare", { share: Number(button.dataset.share) }))
  }

  async #copy(button) {
    await navigator.clipboard.writeText(this.#link.value)
    const words = button.textContent
    button.textContent = "Copied"
    setTimeout(() => (button.textContent = words), SAID_MS)
  }

  async #try(work) {
    this.#said("")
    try {
      await work()
      await this.#refresh()
    } catch (error) {
      this.#said(Object.values(error.fields ?? {})[0] ?? error.message)
    }
  }

  async #refresh() {
    const shares = await readShares(this.#options.slug)
    this.#dialog.querySelector(".share-none").hidden = shares.length > 0
    this.#list.replaceChildren(...shares.map((share) => this.#item(share)))
  }

  #item(share) {
    const { times } = this.#options
    const at = (text) => times.moment(Date.parse(text) / 1000, 60)
    const item = document.getElementById("share-template").content.firstElementChild.cloneNode(true)
    const name = share.name || (share.live ? "Live" : "Frozen")
    item.querySelector(".share-name").textContent = name
    item.querySelector(".share-about").textContent = [
      share.live ? "Live" : `As it was ${times.stretch(share.from, share.to)}`,
      `by ${share.created_by.name}`,
      `until ${at(share.expires_at)}`,
      share.opened_at ? `last opened ${at(share.opened_at)}` : "never opened",
    ].join(" · ")
    const button = item.querySelector("[data-share]")
    button.dataset.share = share.id
    button.setAttribute("aria-label", `End it: the link ${name}`)
    return item
  }

  #said(text) {
    const said = this.#dialog.querySelector(".error")
    said.textContent = text
    said.hidden = !text
  }
}
