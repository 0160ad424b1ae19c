// What a reader can do with a message: one toolbar that follows the pointer and the focus, and a key for each action.

import { fromTemplate, toast } from "./dom.js"
import { permalink } from "./message_row.js"
import { toggleReaction } from "./reactions.js"

const KEYS = { r: "reply", e: "edit", c: "copy", p: "pin", "+": "react", Delete: "delete", Backspace: "delete" }

export class MessageActions {
  #timeline
  #room
  #parts
  #toolbar = fromTemplate("actions-template")

  /** `element` is the timeline's; parts: {live, picker, composer, editing, confirm, jumpTo(seq), pin(row)}. */
  constructor(element, room, parts) {
    this.#timeline = element
    this.#room = room
    this.#parts = parts
    element.addEventListener("pointerover", (event) => this.#follow(event.target))
    element.addEventListener("focusin", (event) => this.#follow(event.target))
    element.addEventListener("click", (event) => this.#click(event))
    element.addEventListener("keydown", (event) => this.#key(event))
  }

  #follow(target) {
    const message = target.closest(".message")
    const entry = message?.parentElement
    if (!entry || entry.matches(".is-pending, .is-editing") || this.#toolbar.parentElement === message) return
    const busy = this.#toolbar.contains(document.activeElement) || this.#toolbar.querySelector("[aria-expanded]")
    if (!busy) message.append(this.#toolbar)
  }

  #click(event) {
    const row = event.target.closest(".entry")
    if (!row) return
    const action = event.target.closest("[data-action]")?.dataset.action
    const reaction = event.target.closest(".reaction")
    const link = event.target.closest(".quote")
    if (action) this.#do(action, row)
    else if (event.target.closest(".message-pin")) this.#parts.pin(row)
    else if (reaction) toggleReaction(this.#parts.live, row, reaction.dataset.emoji)
    else if (link && !event.metaKey && !event.ctrlKey) {
      event.preventDefault()
      this.#parts.jumpTo(Number(new URL(link.href).searchParams.get("at")))
    }
  }

  #key(event) {
    if (event.target === this.#timeline && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault()
      ;[...this.#timeline.querySelectorAll(".message")].at(-1)?.focus()
      return
    }
    const row = event.target.parentElement
    if (!event.target.matches(".message") || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault()
      const next = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling
      next?.querySelector(".message").focus()
    } else if (event.key === "Escape") this.#parts.composer.focus()
    else if (KEYS[event.key] && this.#allowed(KEYS[event.key])) {
      event.preventDefault()
      this.#do(KEYS[event.key], row)
    }
  }

  /** The style sheet hides what this reader may not do to this row; the keys follow it. */
  #allowed(action) {
    const button = this.#toolbar.querySelector(`[data-action="${action}"]`)
    return getComputedStyle(button).display !== "none"
  }

  #do(action, row) {
    const { picker, composer, editing, live } = this.#parts
    if (action === "reply") composer.replyTo(row)
    else if (action === "edit") editing.open(row)
    else if (action === "delete") this.#delete(row)
    else if (action === "copy") this.#copy(row)
    else if (action === "pin") this.#parts.pin(row)
    else {
      const opener = this.#toolbar.querySelector('[data-action="react"]')
      picker.open(opener, (emoji) => toggleReaction(live, row, emoji))
    }
  }

  async #delete(row) {
    const sure = await this.#parts.confirm({
      title: "Delete this message?",
      text: "Its text is removed for everyone, for good. That something was said here stays visible.",
      action: "Delete",
    })
    if (!sure) return
    try {
      await this.#parts.live.command("message.delete", { message: Number(row.dataset.id) })
      row.querySelector(".message").focus({ preventScroll: true })
    } catch (error) {
      toast(error.message)
    }
  }

  async #copy(row) {
    const link = new URL(permalink(this.#room, row.dataset.seq), location.href).href
    try {
      await navigator.clipboard.writeText(link)
      toast("Link copied")
    } catch {
      toast(link) // the clipboard is refused on plain HTTP: the link itself can still be selected
    }
  }
}
