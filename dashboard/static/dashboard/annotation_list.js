// Everything that was said in the time that is shown, as a list that opens beside its button.

import { openBeside, withArrows } from "./menus.js"

export class AnnotationList {
  #annotations
  #button
  #drawn = ""
  #menu = document.getElementById("annotations-menu")
  #times
  #windowOf

  constructor({ annotations, button, times, windowOf }) {
    this.#annotations = annotations
    this.#button = button
    this.#times = times
    this.#windowOf = windowOf
    button.addEventListener("click", () => {
      this.#fill()
      openBeside(this.#menu, button)
    })
    withArrows(this.#menu)
    annotations.addEventListener("change", () => this.draw())
    for (const type of ["focusin", "mouseover"]) this.#menu.addEventListener(type, (event) => this.#point(event.target.closest("a")?.dataset.id))
    this.#menu.addEventListener("toggle", ({ newState }) => newState === "closed" && this.#point(null))
  }

  /** Time went on: what was ahead may be within by now, and what was within be gone. */
  goOn() {
    if (idsOf(this.#within()) !== this.#drawn) this.draw()
  }

  draw() {
    const within = this.#within()
    const { length } = within
    this.#drawn = idsOf(within)
    this.#button.hidden = !length
    this.#button.querySelector("span").textContent = length
    const words = `${length} ${length === 1 ? "message is" : "messages are"} pinned to this time`
    this.#button.title = words
    this.#button.setAttribute("aria-label", words)
    if (this.#menu.matches(":popover-open")) this.#fill()
  }

  #within() {
    const { from, to } = this.#windowOf()
    return this.#annotations.list.filter(({ time }) => time >= from && time <= to)
  }

  #fill() {
    const list = this.#menu.querySelector("ul")
    const { id } = list.contains(document.activeElement) ? document.activeElement.dataset : {}
    list.replaceChildren(...this.#within().toReversed().map((one) => fillLink(document.createElement("li"), one, this.#times)))
    if (id) list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus()
  }

  /** The mark of what is looked at stands out on every chart. */
  #point(id) {
    for (const mark of document.querySelectorAll(".annotation")) mark.classList.toggle("is-pointed", Boolean(id) && mark.dataset.ids.split(" ").includes(id))
  }
}

const idsOf = (list) => list.map(({ id }) => id).join()

/** When, who, what: a way back to the talk. -> the item */
export function fillLink(item, { id, time, author, text, url }, times, tabIndex = 0) {
  const link = document.createElement("a")
  Object.assign(link, { href: url, className: "annotation-link", tabIndex })
  link.dataset.id = id
  const [when, who] = [document.createElement("span"), document.createElement("b")]
  when.className = "annotation-time"
  when.textContent = times.moment(time, 1)
  who.textContent = author
  link.append(when, who, ` ${text}`)
  item.append(link)
  return item
}
