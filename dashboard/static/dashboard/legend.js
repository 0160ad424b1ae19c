// The names under a chart: each hides its series, or shows it alone, and says its value under the crosshair.

import { format } from "./units.js"

/** Characters. What is never cut off costs the browser less, and most names are not. */
const SHORT = 28

export class Legend {
  #choice
  #items = new Map()
  #list

  /**
   * @param {HTMLElement} list
   * @param {import("./choice.js").Choice} choice
   * @param {{ toggled: (key: string) => void, isolated: (key: string) => void }} told
   */
  constructor(list, choice, told) {
    this.#list = list
    this.#choice = choice
    list.addEventListener("click", ({ target }) => {
      const key = target.closest("li")?.dataset.key
      if (target.closest(".legend-swatch")) told.toggled(key)
      else if (target.closest(".legend-name")) told.isolated(key)
    })
  }

  /** @param {object[]} series  in order @param {(one: object) => number | null} valueOf */
  draw(series, valueOf, unit) {
    const keys = new Set(series.map(({ key }) => key))
    for (const [key, item] of this.#items) if (!keys.has(key)) this.#remove(key, item)
    series.forEach((one, place) => {
      const item = this.#items.get(one.key) ?? this.#add(one)
      if (this.#list.children[place] !== item.element) this.#list.insertBefore(item.element, this.#list.children[place] ?? null)
      const isHidden = this.#choice.isHidden(one.key)
      if (item.colour !== one.colour) item.swatch.style.setProperty("--colour", (item.colour = one.colour))
      if (item.isHidden !== isHidden) {
        item.isHidden = isHidden
        item.element.classList.toggle("is-hidden", isHidden)
        item.swatch.setAttribute("aria-pressed", String(!isHidden))
      }
      say(item, isHidden ? "" : format(valueOf(one), unit))
    })
  }

  #add({ key, name }) {
    const element = document.createElement("li")
    element.dataset.key = key
    const button = (className, title) => {
      const made = element.appendChild(document.createElement("button"))
      Object.assign(made, { type: "button", className, title })
      return made
    }
    const swatch = button("legend-swatch", "Show or hide")
    swatch.setAttribute("aria-label", `Show ${name}`)
    const words = button("legend-name", `${name}: show only this, or all again`)
    words.textContent = name
    words.classList.toggle("is-long", name.length > SHORT)
    const value = element.appendChild(document.createElement("span"))
    value.className = "legend-value"
    const item = { element, swatch, value, words: value.appendChild(new Text()), longest: 0, isHidden: null, colour: null }
    this.#items.set(key, item)
    return item
  }

  #remove(key, item) {
    item.element.remove()
    this.#items.delete(key)
  }
}

/**
 * A board writes hundreds of values a second: each has its place, which only ever grows, so that none of them moves
 * anything else.
 */
function say(item, words) {
  if (item.words.data !== words) item.words.data = words
  if (words.length > item.longest) item.value.style.inlineSize = `${(item.longest = words.length) + 1}ch`
}
