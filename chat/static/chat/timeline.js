// The rows of one room in order of `seq`: which are there, where a day starts, which go on from the one above.

import { times } from "../project/times.js"
import { fillReactions, labelReaction } from "./reactions.js"
import { fillRow, makeRow, markMentions } from "./message_row.js"
import { adoptPin, fillPin } from "./pins.js"

const CONTINUES_MS = 5 * 60_000

export class Timeline {
  #entries
  #context
  #rows = new Map()
  #bodies = new Map()
  #unreadSeq = 0

  /** Adopts the rows that the server rendered into `entries`. `context` is that of message_row.js. */
  constructor(entries, context) {
    this.#entries = entries
    this.#context = context
    context.quotes.rows = this.#rows
    for (const row of entries.children) {
      this.#rows.set(Number(row.dataset.id), row)
      for (const time of row.querySelectorAll("time[data-show]")) times.show(time)
      markMentions(row, context.me)
      context.attachments.adopt(row)
      adoptPin(row)
      for (const button of row.querySelectorAll(".reaction")) labelReaction(button, context.nameOfUser)
      if (row.classList.contains("starts-unread")) this.#unreadSeq = Number(row.dataset.seq)
      this.#settle(row)
    }
  }

  get first() {
    return this.#entries.firstElementChild
  }
  get last() {
    return this.#entries.lastElementChild
  }
  get size() {
    return this.#rows.size
  }
  get rows() {
    return [...this.#entries.children]
  }
  get unreadRow() {
    return this.#entries.querySelector(".starts-unread")
  }

  find(id) {
    return this.#rows.get(id)
  }
  atSeq(seq) {
    return this.rows.find((row) => Number(row.dataset.seq) === seq)
  }
  lastOwn() {
    return this.rows.findLast((row) => row.matches(".is-own:not(.is-deleted)"))
  }

  /** What was typed for the message with this id, if it came while the page was open. */
  bodyOf(id) {
    return this.#bodies.get(id)
  }

  /** Puts the message where its `seq` belongs, or refreshes it if it is there. -> true if it is new. */
  add(message) {
    if (this.update(message)) return false
    const row = makeRow(message, this.#context)
    this.#rows.set(message.id, row)
    this.#bodies.set(message.id, message.body)
    let after = this.last
    while (after && Number(after.dataset.seq) > message.seq) after = after.previousElementSibling
    if (after) after.after(row)
    else this.#entries.prepend(row)
    this.#settle(row)
    if (row.nextElementSibling) this.#settle(row.nextElementSibling)
    this.#placeDivider()
    return true
  }

  /** Refreshes the message if it is here. -> whether it is. */
  update(message) {
    const row = this.find(message.id)
    if (!row) return false
    fillRow(row, message, this.#context)
    this.#bodies.set(message.id, message.body)
    this.#settle(row)
    if (row.nextElementSibling) this.#settle(row.nextElementSibling)
    return true
  }

  react(id, reactions) {
    const row = this.find(id)
    if (row) fillReactions(row, reactions, this.#context.me, this.#context.nameOfUser)
  }

  /** Charts show the message at a time, or with null no more. */
  pin(id, pin) {
    const row = this.find(id)
    if (row) fillPin(row, pin)
  }

  /** Draws the line above the first message of others after `seq`; 0 takes it away. */
  markUnreadFrom(seq) {
    this.#unreadSeq = seq
    this.#placeDivider()
  }

  replace(messages) {
    for (const row of this.rows) this.#context.attachments.drop(row)
    this.#entries.replaceChildren()
    this.#rows.clear()
    for (const message of messages) this.add(message)
  }

  remove(rows) {
    for (const row of rows) {
      this.#rows.delete(Number(row.dataset.id))
      this.#bodies.delete(Number(row.dataset.id))
      this.#context.attachments.drop(row)
      row.remove()
    }
    if (this.first) this.#settle(this.first)
  }

  #placeDivider() {
    const old = this.unreadRow
    const row = this.#unreadSeq ? this.rows.find((other) => Number(other.dataset.seq) >= this.#unreadSeq) : null
    // A line above the oldest loaded row would claim that nothing unread is above it, so it must be that very message.
    const known = row && (row !== this.first || Number(row.dataset.seq) === this.#unreadSeq) ? row : null
    if (known === old) return
    old?.classList.remove("starts-unread")
    known?.classList.add("starts-unread")
    for (const changed of [old, known]) if (changed) this.#settle(changed)
  }

  #settle(row) {
    settleRow(row, row.previousElementSibling)
  }
}

/** Marks a row that starts a day, or goes on from `previous`: same author, soon after, answering nobody. */
export function settleRow(row, previous) {
  const startsDay = !previous || times.dayOf(previous.dataset.at) !== times.dayOf(row.dataset.at)
  const goesOn =
    !startsDay &&
    previous.dataset.author === row.dataset.author &&
    Date.parse(row.dataset.at) - Date.parse(previous.dataset.at) < CONTINUES_MS &&
    !previous.classList.contains("is-deleted") &&
    !row.classList.contains("starts-unread") &&
    row.querySelector(".quote").hidden
  row.classList.toggle("starts-day", startsDay)
  row.classList.toggle("is-continued", goesOn)
}
