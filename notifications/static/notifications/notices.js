// What comes up at the edge of the page: urgent notifications as they arrive, and what was just done.

import { isUnread } from "./inbox.js"
import { fillBrief, fromTemplate } from "./row.js"

/** From this priority on, a page that is shown says so by itself. */
const HIGH = 4
const URGENT = 5
const SHOWN_MAX = 3
const HIGH_MS = 10_000
const SAID_MS = 6_000

export class Notices {
  #announcer = document.getElementById("notice-said")
  #deeds
  #inbox
  #looks
  #place = document.getElementById("notices")
  #shown = new Map()
  #said = null

  /** @param {{ inbox: import("./inbox.js").Inbox, looks: object }} options */
  constructor({ inbox, looks }) {
    this.#inbox = inbox
    this.#looks = looks
  }

  /** @param {import("./deeds.js").Deeds} deeds */
  connect(deeds) {
    this.#deeds = deeds
    this.#inbox.addEventListener("arrival", ({ detail }) => this.arrived(detail))
    this.#inbox.addEventListener("change", () => this.#change())
    this.#place.addEventListener("click", (event) => this.#pressed(event))
  }

  arrived(notification) {
    if (notification.priority < HIGH) return
    this.#hide(notification.id)
    const element = fromTemplate("notice-template")
    fillBrief(element, notification, this.#looks)
    this.#place.prepend(element)
    this.#shown.set(notification.id, element)
    this.#announcer.textContent = [notification.title, notification.source_name].filter(Boolean).join(", ")
    if (notification.priority < URGENT) leave(element, HIGH_MS, () => this.#hide(notification.id))
    for (const id of [...this.#shown.keys()].slice(0, -SHOWN_MAX)) this.#hide(id)
  }

  /** Says what was done, with the way back where there is one. */
  say = (text, undo) => {
    this.#said?.remove()
    const element = (this.#said = fromTemplate("said-template"))
    element.querySelector(".notice-text").textContent = text
    const button = element.querySelector("[data-undo]")
    button.hidden = !undo
    button.addEventListener("click", () => {
      element.remove()
      undo()
    })
    this.#place.append(element)
    this.#announcer.textContent = text
    leave(element, SAID_MS, () => element.remove())
  }

  /** A command was refused. */
  complain = (error) => {
    this.say(error.code === "unavailable" ? "No connection: nothing was changed. Try again." : error.message, null)
  }

  #change() {
    for (const [id, element] of this.#shown) {
      const notification = this.#inbox.get(id)
      if (!notification || !isUnread(notification)) this.#hide(id)
      else fillBrief(element, notification, this.#looks)
    }
  }

  #pressed(event) {
    const card = event.target.closest(".notice-card")
    const deed = event.target.closest("[data-do]")?.dataset.do
    if (!card) return
    const id = Number(card.dataset.id)
    if (deed) this.#deeds[deed]([id], { quiet: true })
    else if (event.target.closest("[data-close]")) this.#hide(id)
  }

  #hide(id) {
    this.#shown.get(id)?.remove()
    this.#shown.delete(id)
  }
}

/** Goes by itself after a while, but not while somebody is at it. */
function leave(element, wait, gone) {
  const timer = setInterval(() => {
    if (element.matches(":hover, :focus-within")) return
    clearInterval(timer)
    gone()
  }, wait)
}
