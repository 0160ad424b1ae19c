// The drawer behind the bell: the newest, whatever page is open.

import { isSnoozed } from "./inbox.js"
import { arrange, fillBrief, fromTemplate } from "./row.js"

const SHOWN_MAX = 20
const TICK_MS = 60_000

export class Drawer {
  #deeds
  #element = document.getElementById("bell-drawer")
  #inbox
  #list = document.getElementById("drawer-list")
  #loaded = false
  #looks
  #newest
  #state = document.getElementById("drawer-state")
  #timer = null

  /**
   * @param {object} options
   * @param {import("./inbox.js").Inbox} options.inbox
   * @param {import("./deeds.js").Deeds} options.deeds
   * @param {(limit: number) => Promise<object>} options.newest   a snapshot
   * @param {{ kinds: Map<string, object>, times: import("../project/times.js").Times }} options.looks
   */
  constructor({ inbox, deeds, newest, looks }) {
    this.#inbox = inbox
    this.#deeds = deeds
    this.#newest = newest
    this.#looks = looks
  }

  connect() {
    this.#element.addEventListener("toggle", ({ newState }) => this.#toggled(newState === "open"))
    this.#list.addEventListener("click", (event) => this.#pressed(event))
    document.getElementById("drawer-read-all").addEventListener("click", () => this.#deeds.readAll())
    this.#inbox.addEventListener("change", () => this.#isOpen && this.#draw())
  }

  /** What it has may be out of date: it asks again when it is opened next, at once where it is open. */
  refresh() {
    this.#loaded = false
    if (this.#isOpen) this.#load()
  }

  hide() {
    if (this.#isOpen) this.#element.hidePopover()
  }

  get #isOpen() {
    return this.#element.matches(":popover-open")
  }

  #toggled(isOpen) {
    clearInterval(this.#timer)
    for (const bell of document.querySelectorAll("[data-bell]")) bell.setAttribute("aria-expanded", String(isOpen))
    if (!isOpen) return
    this.#timer = setInterval(() => this.#draw(), TICK_MS)
    document.getElementById("drawer-title").focus()
    this.#draw()
    if (!this.#loaded) this.#load()
  }

  async #load() {
    this.#say("Loading", { waits: true })
    try {
      await this.#inbox.load(() => this.#newest(SHOWN_MAX))
      this.#loaded = true
      this.#draw()
    } catch {
      this.#say("Cannot be loaded now.")
    }
  }

  #draw() {
    const shown = this.#inbox.all().filter((one) => !isSnoozed(one)).slice(0, SHOWN_MAX)
    const rows = new Map([...this.#list.children].map((row) => [Number(row.dataset.id), row]))
    const elements = shown.map((notification) => {
      const row = rows.get(notification.id) ?? fromTemplate("brief-template")
      fillBrief(row, notification, this.#looks)
      return row
    })
    arrange(this.#list, elements)
    document.getElementById("drawer-read-all").hidden = !this.#inbox.unread
    if (this.#loaded) this.#say(shown.length ? "" : "Nothing yet. What concerns you will be here.")
  }

  #say(text, { waits = false } = {}) {
    this.#list.setAttribute("aria-busy", String(waits))
    this.#state.hidden = !text
    this.#state.replaceChildren(...(waits ? [spinner()] : []), text)
  }

  #pressed(event) {
    const row = event.target.closest("[data-id]")
    const deed = event.target.closest("[data-do]")?.dataset.do
    if (row && deed) this.#deeds[deed]([Number(row.dataset.id)], { quiet: true })
  }
}

const spinner = () => Object.assign(document.createElement("span"), { className: "spinner" })
