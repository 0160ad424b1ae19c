// The list of the inbox: what the filters let through, laid out by day and source, and kept so as things happen.

import { byTime } from "./inbox.js"
import { matches } from "./filters.js"
import { grouped, orderOf } from "./groups.js"
import { arrange, fillNote, fromTemplate } from "./row.js"

export class InboxView {
  #inbox
  #list = document.getElementById("inbox-list")
  #looks
  #selection

  /** The oldest that was loaded for these filters: what is older may have gaps. Null where nothing is. */
  floor = null

  /**
   * @param {object} options
   * @param {import("./inbox.js").Inbox} options.inbox
   * @param {import("./selection.js").Selection} options.selection
   * @param {object} options.looks
   * @param {object} options.filters
   */
  constructor({ inbox, selection, looks, filters }) {
    this.#inbox = inbox
    this.#selection = selection
    this.#looks = looks
    this.filters = filters
  }

  get shown() {
    return this.#inbox.all().filter((one) => matches(one, this.filters) && !(this.floor && byTime(one, this.floor) > 0))
  }

  row(id) {
    return this.#list.querySelector(`.note[data-id="${id}"]`)
  }

  draw() {
    const days = grouped(this.shown, this.#looks)
    const hadFocus = this.#list.contains(document.activeElement)
    this.#selection.keep(orderOf(days))
    const rows = new Map([...this.#list.querySelectorAll(".note")].map((row) => [Number(row.dataset.id), row]))
    arrange(this.#list, days.map((day) => this.#day(day, rows)))
    if (hadFocus && !this.#list.contains(document.activeElement)) this.focus()
  }

  /** To the current one, where there is one. */
  focus() {
    const row = this.row(this.#selection.current)
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: "nearest" })
  }

  #day({ day, name, sources }, rows) {
    const element = this.#list.querySelector(`.inbox-day[data-day="${day}"]`) ?? fromTemplate("day-template")
    element.dataset.day = day
    element.setAttribute("aria-label", name)
    element.querySelector(".day-name").textContent = name
    const list = element.querySelector(".day-list")
    arrange(list, sources.map((group) => this.#source(group, list, rows)))
    return element
  }

  #source({ key, source, name, notifications }, list, rows) {
    const known = [...list.children].find((element) => element.dataset.key === key)
    const element = known ?? fromTemplate("source-template")
    element.dataset.key = key
    element.setAttribute("aria-label", name)
    element.querySelector(".source-name").textContent = name
    element.querySelector(".source-tools").hidden = !source
    const place = element.querySelector(".source-list")
    place.setAttribute("aria-label", name)
    arrange(place, notifications.map((notification) => this.#note(notification, rows)))
    return element
  }

  #note(notification, rows) {
    const { id } = notification
    const row = rows.get(id) ?? fromTemplate("note-template")
    fillNote(row, notification, this.#looks)
    row.id = `note-${id}`
    row.querySelector("[data-tick]").checked = this.#selection.has(id)
    row.classList.toggle("is-ticked", this.#selection.has(id))
    row.classList.toggle("is-current", id === this.#selection.current)
    row.tabIndex = id === this.#selection.current ? 0 : -1
    return row
  }
}
