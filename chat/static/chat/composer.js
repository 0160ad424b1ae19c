// Where a message is written. It hands what is sent to the outbox, which keeps it until the server has it.

import { Completion } from "../project/completion.js"
import { suggestionsFor } from "./api.js"
import { fitHeight } from "./dom.js"
import { keepDraft, readDraft } from "./drafts.js"
import { MentionWords } from "./mention_words.js"
import { quoteFrom } from "./quotes.js"
import { SlashWords } from "./slash_words.js"

const BODY_MAX = 10_000
const COUNT_FROM = 9_500

export class Composer extends EventTarget {
  #form
  #input
  #reply
  #replyTo = null
  #room
  #parts
  #completion

  /** parts: {outbox, live, picker, people, slashes, me, typing}. Announces "sent" and "edit-last". */
  constructor(form, room, parts) {
    super()
    this.#form = form
    this.#room = room
    this.#parts = parts
    this.#input = form.querySelector("textarea")
    this.#reply = form.querySelector(".composer-reply")
    const sources = [new MentionWords(parts.people), new SlashWords(parts.slashes, suggestionsFor)]
    this.#completion = new Completion(this.#input, form.querySelector(".completions"), sources)
    this.#input.value = readDraft(parts.me.id, room)
    this.#input.addEventListener("input", () => this.#changed())
    this.#input.addEventListener("keydown", (event) => this.#key(event))
    this.#input.addEventListener("blur", () => parts.typing.stop())
    this.#reply.querySelector("button").addEventListener("click", () => this.replyTo(null))
    form.querySelector("#composer-emoji").addEventListener("click", (event) => this.#emoji(event.currentTarget))
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      this.send()
    })
    this.#changed()
    parts.typing.stop()
  }

  focus() {
    this.#input.focus({ preventScroll: true })
  }

  /** Answers the message of `row`; null answers nobody. */
  replyTo(row) {
    this.#replyTo = row ? quoteFrom(row) : null
    this.#reply.hidden = !row
    if (row) {
      this.#reply.querySelector("strong").textContent = this.#replyTo.author.name
      this.#reply.querySelector(".muted").textContent = this.#replyTo.excerpt
    }
    this.focus()
  }

  /** Puts a text that was not sent back under the cursor, before whatever has been typed since. */
  restore(text) {
    this.#input.value = [text, this.#input.value].filter(Boolean).join("\n")
    this.#changed()
    this.focus()
  }

  async send() {
    const body = this.#input.value.trim()
    if (!body || body.length > BODY_MAX) return
    const data = { room: this.#room, body }
    if (this.#replyTo) data.reply_to = this.#replyTo.id
    this.#input.value = ""
    this.replyTo(null)
    this.#changed()
    this.#parts.typing.stop()
    await this.#parts.outbox.add("message.send", data)
    this.dispatchEvent(new Event("sent"))
  }

  #key(event) {
    // While an input method composes, Enter chooses a candidate; 229 is how some browsers say so.
    if (event.isComposing || event.keyCode === 229) return
    if (this.#completion.key(event)) return
    const touch = matchMedia("(pointer: coarse)").matches
    if (event.key === "Enter" && !event.shiftKey && !touch) {
      event.preventDefault()
      this.send()
    } else if (event.key === "ArrowUp" && !this.#input.value) {
      event.preventDefault()
      this.dispatchEvent(new Event("edit-last"))
    } else if (event.key === "Escape" && this.#replyTo) {
      event.stopPropagation()
      this.replyTo(null)
    }
  }

  #changed() {
    const { value } = this.#input
    fitHeight(this.#input)
    keepDraft(this.#parts.me.id, this.#room, value)
    const left = BODY_MAX - value.length
    const count = this.#form.querySelector(".composer-count")
    count.textContent = value.length > COUNT_FROM ? `${left} left` : ""
    this.#form.querySelector(".composer-send").disabled = !value.trim() || left < 0
    if (value.trim()) this.#parts.typing.start()
    else this.#parts.typing.stop()
    this.#completion.look()
  }

  #emoji(opener) {
    const { selectionStart: from, selectionEnd: to } = this.#input
    this.#parts.picker.open(opener, (emoji) => {
      this.#input.setRangeText(emoji, from, to, "end")
      this.#changed()
      this.focus()
    })
  }
}
