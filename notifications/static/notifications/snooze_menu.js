// Until when? A small menu beside what it is about; its numbers answer it too.

const CHOICES = { 1: "hour", 2: "tomorrow", 3: "week", 0: "now" }
const GAP_PX = 4

export class SnoozeMenu {
  #chosen = null
  #element = document.getElementById("snooze-menu")
  #times

  /** @param {import("../project/times.js").Times} times */
  constructor(times) {
    this.#times = times
    this.#element.addEventListener("click", ({ target }) => this.#choose(target.closest("[data-until]")?.dataset.until))
    this.#element.addEventListener("keydown", (event) => this.#key(event))
  }

  /**
   * Opens beside an element. `isAsleep`: what it is about is put off already, and may come back.
   * @param {(until: string | null, words: string) => void} chosen   an ISO time, or null for now
   */
  ask(beside, isAsleep, chosen) {
    this.#chosen = chosen
    for (const choice of this.#element.querySelectorAll("[data-until]")) {
      const { until } = choice.dataset
      if (until === "now") choice.hidden = !isAsleep
      else this.#fill(choice.querySelector("time"), this.#times.later(until), until)
    }
    this.#element.showPopover()
    this.#place(beside.getBoundingClientRect())
    this.#element.querySelector("[data-until]").focus()
  }

  #fill(time, iso, until) {
    time.setAttribute("datetime", iso)
    time.textContent = until === "hour" ? this.#times.clock(iso) : this.#times.soon(iso)
  }

  #place(box) {
    const { offsetWidth: width, offsetHeight: height, style } = this.#element
    const below = box.bottom + GAP_PX
    style.left = `${Math.max(GAP_PX, Math.min(box.right - width, innerWidth - width - GAP_PX))}px`
    style.top = `${below + height > innerHeight ? Math.max(GAP_PX, box.top - height - GAP_PX) : below}px`
  }

  #choose(until) {
    if (!until) return
    this.#element.hidePopover()
    if (until === "now") return this.#chosen(null, "now")
    const iso = this.#times.later(until)
    const words = { hour: () => this.#times.clock(iso), tomorrow: () => "tomorrow", week: () => "next week" }
    this.#chosen(iso, words[until]())
  }

  #key(event) {
    const items = [...this.#element.querySelectorAll("[data-until]:not([hidden])")]
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key]
    const choice = items.find(({ dataset }) => dataset.until === CHOICES[event.key])
    if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus()
    else if (choice) this.#choose(choice.dataset.until)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}
