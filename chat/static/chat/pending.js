// What waits in the outbox for this room, below everything that has been said. A sent row makes way for the real one.

import { fillRow, makeRow } from "./message_row.js"
import { settleRow } from "./timeline.js"

export class Pending {
  #box
  #parts
  #context
  #rows = new Map()
  #arrived = new Set()

  /** parts: {outbox, scroller, timeline, composer}; `me` is {id, name, avatar}. */
  constructor(box, parts, context, me) {
    this.#box = box
    this.#parts = parts
    this.#context = { ...context, author: me }
    box.addEventListener("click", (event) => this.#answer(event.target.closest("[data-outbox]")))
  }

  connect() {
    this.#parts.outbox.addEventListener("change", this.draw)
    this.draw()
  }

  disconnect() {
    this.#parts.outbox.removeEventListener("change", this.draw)
  }

  /** The message came back from the log, so its pending row must go in the same breath. */
  arrived(message) {
    if (!this.#rows.has(message.client_id)) return
    this.#arrived.add(message.client_id)
    this.draw()
  }

  draw = () => {
    const entries = this.#parts.outbox
      .entries((entry) => entry.command === "message.send" && entry.data.room === this.#context.room)
      .filter((entry) => !this.#arrived.has(entry.clientId))
    const gone = new Set(this.#rows.keys())
    this.#parts.scroller.keepPlace(() => {
      for (const entry of entries) {
        gone.delete(entry.clientId)
        this.#show(entry)
      }
      for (const clientId of gone) {
        this.#rows.get(clientId).remove()
        this.#rows.delete(clientId)
      }
    })
  }

  #show(entry) {
    const message = this.#asMessage(entry)
    let row = this.#rows.get(entry.clientId)
    if (row) fillRow(row, message, this.#context)
    else {
      row = makeRow(message, this.#context)
      this.#rows.set(entry.clientId, row)
    }
    this.#box.append(row)
    row.dataset.client = entry.clientId
    row.querySelector(".message-body").textContent = entry.data.body
    row.querySelector(".message-time").removeAttribute("href")
    const refused = entry.status === "refused"
    row.classList.add("is-pending")
    row.classList.toggle("is-refused", refused)
    const state = row.querySelector(".message-state")
    state.hidden = false
    state.querySelector(".message-state-text").textContent = refused
      ? `Not sent: ${reason(entry.error)}`
      : statusText(entry)
    settleRow(row, row.previousElementSibling ?? this.#parts.timeline.last)
  }

  #asMessage({ data, createdAt }) {
    const at = new Date(createdAt).toISOString()
    return {
      id: "",
      seq: "",
      author: this.#context.author,
      html: "",
      reply_to: data.reply_to,
      created_at: at,
      edited_at: null,
      deleted_at: null,
      mentions: [],
      reactions: [],
    }
  }

  #answer(button) {
    if (!button) return
    const { outbox, composer } = this.#parts
    const clientId = button.closest(".entry").dataset.client
    const [entry] = outbox.entries((other) => other.clientId === clientId)
    if (!entry) return
    if (button.dataset.outbox === "retry") outbox.retry(clientId, { body: entry.data.body })
    else outbox.discard(clientId)
    if (button.dataset.outbox === "edit") composer.restore(entry.data.body)
    else composer.focus()
  }
}

const statusText = (entry) => (entry.status === "sending" ? "Sending…" : "Waiting to be sent")

function reason(error) {
  return Object.values(error?.fields ?? {})[0] || error?.message || "the server refused it."
}
