// One row of the timeline. Its markup is templates/chat/message.html; this fills it and never makes markup of its own.

import { fillAvatar } from "../project/avatar.js"
import { times } from "../project/times.js"
import { fromTemplate } from "./dom.js"
import { fillQuote } from "./quotes.js"
import { fillReactions } from "./reactions.js"
import { mentions } from "./mentions.js"
import { fillPin } from "./pins.js"

/** What a row needs to know beside its message: {room, me, nameOfUser(id), quotes, attachments}. */
export function makeRow(message, context) {
  const row = fromTemplate("message-template")
  fillRow(row, message, context)
  return row
}

/** Makes the row show `message`, the payload of docs/protocol.md. Safe to repeat. */
export function fillRow(row, message, context) {
  const { me, nameOfUser } = context
  Object.assign(row.dataset, { id: message.id, seq: message.seq, author: message.author.id, at: message.created_at })
  row.classList.toggle("is-own", message.author.id === me)
  row.classList.toggle("is-mention", mentions(message, me) && message.author.id !== me)
  row.classList.toggle("is-edited", Boolean(message.edited_at))
  row.classList.toggle("is-deleted", Boolean(message.deleted_at))
  fillAvatar(row.querySelector(".avatar"), message.author)
  row.querySelector(".message-author").textContent = message.author.name
  row.querySelector(".message-time").href = permalink(context.room, message.seq)
  for (const time of row.querySelectorAll("time[data-show]")) {
    time.setAttribute("datetime", message.created_at)
    times.show(time)
  }
  // The server has cleaned this HTML (nh3), and the page's policy runs no script that is not a file of ours.
  row.querySelector(".message-body").innerHTML = message.html ?? ""
  markMentions(row, me)
  fillQuote(row, message, context)
  fillReactions(row, message.reactions ?? [], me, nameOfUser)
  context.attachments.fill(row, message.attachments ?? [])
  fillPin(row, message.pin ?? null)
}

export function permalink(room, seq) {
  return `/rooms/${room}/?at=${seq}`
}

/** Mentions of the reader stand out from mentions of others. */
export function markMentions(root, me) {
  for (const mention of root.querySelectorAll(".mention")) {
    mention.classList.toggle("is-me", mention.dataset.user === String(me) || mention.classList.contains("mention-room"))
  }
}
