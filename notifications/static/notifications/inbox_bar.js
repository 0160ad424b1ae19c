// The line over the list: how much there is, or how much is selected and what can be done to it.

import { isNarrow } from "./filters.js"

const things = (count) => (count === 1 ? "1 notification" : `${count} notifications`)

export class InboxBar {
  #all = document.getElementById("tick-all")
  #inbox
  #readAll = document.getElementById("bar-read-all")
  #selection
  #text = document.getElementById("bar-text")
  #tools = document.getElementById("bar-tools")
  #view

  constructor({ selection, view, inbox }) {
    this.#selection = selection
    this.#view = view
    this.#inbox = inbox
  }

  draw() {
    const ticked = this.#selection.ticked.length
    const shown = this.#view.shown.length
    this.#all.checked = Boolean(shown) && ticked === shown
    this.#all.indeterminate = ticked > 0 && ticked < shown
    this.#all.disabled = !shown
    this.#tools.hidden = !ticked
    this.#readAll.hidden = Boolean(ticked) || !shown || !this.#inbox.unread || this.#view.filters.show === "snoozed"
    const text = ticked ? `${ticked} selected` : this.#count(shown)
    if (this.#text.textContent !== text) this.#text.textContent = text
  }

  #count(shown) {
    const { filters, floor } = this.#view
    if (isNarrow(filters)) return `${shown}${floor ? " or more" : ""} found`
    if (filters.show === "snoozed") return `${things(shown)} put off`
    return this.#inbox.unread ? `${this.#inbox.unread} unread` : "Nothing unread"
  }
}
