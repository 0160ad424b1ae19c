// The controls of time: how much, from when to when, earlier, later, wider, and live.

import { openBeside, withArrows } from "./menus.js"
import { goOn, isLive, PRESETS, shift, windowOf, zoom, zoomOut } from "./range.js"

const PHASES = { live: "Live", reconnecting: "Reconnecting", offline: "Offline", stopped: "Stopped", connecting: "Connecting" }
const CUSTOM_STEP = 1

export class RangeBar {
  #chosen
  #form
  #live
  #menu
  #now
  #range
  #root
  #times

  /**
   * @param {HTMLElement} root
   * @param {{ range: object, live: EventTarget, times: object, now: () => number, chosen: (range: object) => void }} options
   */
  constructor(root, { range, live, times, now, chosen }) {
    this.#root = root
    this.#range = range
    this.#live = live
    this.#times = times
    this.#now = now
    this.#chosen = chosen
    this.#menu = document.getElementById("range-menu")
    this.#form = this.#menu.querySelector("form")
    withArrows(this.#menu)
    this.#fillMenu()
    root.addEventListener("click", ({ target }) => this.#pressed(target.closest("[data-time]")))
    this.#menu.addEventListener("click", ({ target }) => {
      const { span } = target.closest("[data-span]")?.dataset ?? {}
      if (span) this.#choose({ span: Number(span) })
    })
    this.#form.addEventListener("submit", (event) => this.#custom(event))
    live.addEventListener("state", () => this.draw())
  }

  set range(range) {
    this.#range = range
    this.draw()
  }

  draw() {
    const range = this.#range
    const preset = isLive(range) && PRESETS.find(({ span }) => span === range.span)
    const words = preset ? `Last ${preset.name}` : isLive(range) ? `Last ${Math.round(range.span / 60)} min` : this.#times.stretch(range.from, range.to)
    this.#root.querySelector(".range-words").textContent = words
    const { phase } = this.#live.state
    const button = this.#root.querySelector("[data-time=live]")
    const shown = isLive(range) ? phase : "paused"
    button.dataset.phase = shown
    button.querySelector(".live-words").textContent = isLive(range) ? PHASES[phase] ?? "Connecting" : "Go live"
    button.title = isLive(range) ? "What is measured is drawn as it comes. Press to hold still." : "Show the present again"
    this.#root.querySelector("[data-time=later]").disabled = isLive(range)
    for (const item of this.#menu.querySelectorAll("[data-span]")) {
      item.setAttribute("aria-current", String(isLive(range) && Number(item.dataset.span) === range.span))
    }
  }

  #pressed(button) {
    const range = this.#range
    const now = this.#now()
    const deeds = {
      menu: () => this.#open(button),
      earlier: () => this.#choose(shift(range, -1, now)),
      later: () => this.#choose(shift(range, 1, now)),
      wider: () => this.#choose(zoomOut(range, now)),
      live: () => this.#choose(isLive(range) ? windowOf(range, now) : goOn(range)),
    }
    deeds[button?.dataset.time]?.()
  }

  #open(button) {
    const { from, to } = windowOf(this.#range, this.#now())
    const [first, second] = this.#form.elements
    first.value = this.#times.field(from)
    second.value = this.#times.field(to)
    openBeside(this.#menu, button)
  }

  #choose(range) {
    if (this.#menu.matches(":popover-open")) this.#menu.hidePopover()
    this.#chosen(range)
  }

  #custom(event) {
    event.preventDefault()
    const [first, second] = this.#form.elements
    const [from, to] = [this.#times.fromField(first.value), this.#times.fromField(second.value)]
    const isWrong = !(to - from >= CUSTOM_STEP)
    second.setCustomValidity(isWrong ? "The end must be after the start." : "")
    if (isWrong) second.reportValidity()
    else this.#choose(zoom(from, to, this.#now()))
  }

  #fillMenu() {
    const list = this.#menu.querySelector(".range-presets")
    list.append(...PRESETS.map(({ span, name }) => {
      const item = document.createElement("button")
      Object.assign(item, { type: "button", className: "menu-item", textContent: `Last ${name}` })
      item.dataset.span = span
      return item
    }))
  }
}
