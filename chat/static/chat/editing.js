// Changes one's own message where it stands.

import { messageById } from "./api.js"
import { fitHeight, fromTemplate, toast } from "./dom.js"

export class Editing {
  #parts

  /** parts: {live, timeline, scroller, composer}. */
  constructor(parts) {
    this.#parts = parts
  }

  async open(row) {
    if (!row || row.classList.contains("is-editing")) return
    const body = this.#parts.timeline.bodyOf(Number(row.dataset.id)) ?? (await this.#fetchBody(row))
    if (body === undefined) return
    const form = fromTemplate("editor-template")
    const input = form.querySelector("textarea")
    input.value = body
    row.classList.add("is-editing")
    this.#parts.scroller.keepPlace(() => row.querySelector(".message-body").after(form))
    fitHeight(input)
    input.focus()
    input.setSelectionRange(body.length, body.length)
    form.scrollIntoView({ block: "nearest" })

    input.addEventListener("input", () => fitHeight(input))
    form.querySelector("[data-cancel]").addEventListener("click", () => this.#close(row, form))
    form.addEventListener("keydown", (event) => this.#key(event, row, form))
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      this.#save(row, form, body)
    })
  }

  #key(event, row, form) {
    if (event.isComposing) return
    event.stopPropagation()
    if (event.key === "Escape") this.#close(row, form)
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea")) {
      event.preventDefault()
      form.requestSubmit()
    }
  }

  async #save(row, form, before) {
    const body = form.querySelector("textarea").value.trim()
    if (body === before || !body) return this.#close(row, form)
    const button = form.querySelector("button:not([type])")
    button.disabled = true
    try {
      const message = await this.#parts.live.command("message.edit", { message: Number(row.dataset.id), body })
      this.#parts.timeline.update(message)
      this.#close(row, form)
    } catch (error) {
      form.querySelector(".editor-error").textContent = Object.values(error.fields ?? {})[0] || error.message
      button.disabled = false
    }
  }

  #close(row, form) {
    this.#parts.scroller.keepPlace(() => {
      form.remove()
      row.classList.remove("is-editing")
    })
    this.#parts.composer.focus()
  }

  /** Rows that came with the page carry only their HTML; what was typed is on the server. */
  async #fetchBody(row) {
    try {
      return (await messageById(Number(row.dataset.id))).message.body
    } catch {
      toast("Offline: this message can be edited when you are back.")
      return undefined
    }
  }
}
