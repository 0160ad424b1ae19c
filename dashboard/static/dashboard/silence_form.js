// Until when, of what, and why: the form of a silence.

import { labelsOf, labelsText } from "./label_text.js"
import { momentText } from "./alert_rows.js"

export class SilenceForm {
  #about
  #dialog = document.getElementById("silence-form")
  #form = this.#dialog.querySelector("form")
  #length = "hour"
  #local
  #silence

  /**
   * @param {object} options
   * @param {import("./alert_rows.js").About} options.about
   * @param {import("./local_times.js").LocalTimes} options.local
   * @param {(wanted: object, words: string) => Promise<void>} options.silence
   */
  constructor({ about, local, silence }) {
    this.#about = about
    this.#local = local
    this.#silence = silence
    this.#form.addEventListener("click", ({ target }) => this.#choose(target.closest("[data-length]")?.dataset.length))
    this.#form.addEventListener("input", () => this.#draw())
    this.#form.addEventListener("submit", (event) => this.#submit(event))
  }

  /** @param {{ rule?: number | null, labels?: object }} of  what it is about, as far as that is known */
  open({ rule = null, labels = {} } = {}) {
    const { elements } = this.#form
    const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text })
    elements.rule.replaceChildren(option("", "Every rule"), ...this.#about.watch.rules.map(({ id, title }) => option(id, title)))
    elements.rule.value = rule ?? ""
    elements.labels.value = labelsText(labels)
    elements.comment.value = ""
    elements.until.value = this.#local.field(this.#about.now() + 2 * 3600)
    this.#say("")
    this.#choose("hour")
    this.#dialog.showModal()
    this.#form.querySelector("[data-length=hour]").focus()
  }

  get #until() {
    if (this.#length !== "custom") return this.#about.times.later(this.#length, this.#about.now() * 1000)
    const moment = this.#local.fromField(this.#form.elements.until.value)
    return Number.isFinite(moment) ? new Date(moment * 1000).toISOString() : null
  }

  #choose(length) {
    if (!length) return
    this.#length = length
    for (const button of this.#form.querySelectorAll("[data-length]")) button.setAttribute("aria-pressed", String(button.dataset.length === length))
    this.#form.elements.until.hidden = length !== "custom"
    this.#draw()
  }

  #draw() {
    const until = this.#until
    this.#form.querySelector(".silence-until").textContent = until ? `Until ${this.#about.times.full(until)}` : "Choose a moment."
  }

  async #submit(event) {
    event.preventDefault()
    const { rule, labels, comment } = this.#form.elements
    const until = this.#until
    try {
      if (!until) throw new Error("Choose a moment.")
      const wanted = { rule: rule.value ? Number(rule.value) : null, labels: labelsOf(labels.value), until, comment: comment.value.trim() }
      await this.#silence(wanted, momentText(until, this.#about))
      this.#dialog.close()
    } catch (error) {
      this.#say(Object.values(error.fields ?? {})[0] ?? error.message)
    }
  }

  #say(text) {
    const said = this.#form.querySelector(".error")
    said.textContent = text
    said.hidden = !text
  }
}
