// What a reply shows of the message it answers: who said it, how it begins, and the way there.

import { messageById } from "./api.js"
import { permalink } from "./message_row.js"

const EXCERPT_MAX = 140

export class Quotes {
  #known = new Map()
  /** Rows of the room by message id: what they show is newer than what was quoted once. */
  rows = new Map()

  /** Takes up a quote {id, seq, author, excerpt} that came with a message. */
  remember(quote) {
    this.#known.set(quote.id, quote)
  }

  /** The quote of the message with this id, or undefined if it has to be asked for. */
  of(id) {
    const row = this.rows.get(id)
    return row ? quoteFrom(row) : this.#known.get(id)
  }

  /** Asks the server; -> undefined if the message is gone or the server is out of reach. */
  async ask(id) {
    try {
      const { message } = await messageById(id)
      this.remember({ ...message, excerpt: message.deleted_at ? DELETED : shorten(textOf(message.html)) })
    } catch {
      return undefined
    }
    return this.of(id)
  }
}

const DELETED = "This message was deleted."

/** What the HTML of a message reads like: the names of people, not how they were typed. */
const textOf = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content.textContent

const shorten = (text) => text.trim().replace(/\s+/g, " ").slice(0, EXCERPT_MAX)

/** How a row is quoted. */
export function quoteFrom(row) {
  return {
    id: Number(row.dataset.id),
    seq: Number(row.dataset.seq),
    author: { name: row.querySelector(".message-author").textContent },
    excerpt: row.classList.contains("is-deleted") ? DELETED : shorten(row.querySelector(".message-body").textContent),
  }
}

/** Shows in `row` whom its message answers. */
export async function fillQuote(row, message, { room, quotes }) {
  if (message.quote) quotes.remember(message.quote)
  const link = row.querySelector(".quote")
  const quote = message.reply_to && quotes.of(message.reply_to)
  link.hidden = !message.reply_to
  if (quote) show(link, quote, room)
  else if (message.reply_to) {
    const asked = await quotes.ask(message.reply_to)
    if (asked) show(link, asked, room)
  }
}

function show(link, quote, room) {
  link.href = permalink(room, quote.seq)
  link.querySelector(".quote-author").textContent = quote.author.name
  link.querySelector(".quote-text").textContent = quote.excerpt
}
