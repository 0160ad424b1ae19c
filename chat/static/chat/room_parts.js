// Makes the parts of one open room and ties them together; room_pane.js then gives them their events.

import { Attachments } from "./attachments.js"
import { Composer } from "./composer.js"
import { confirm } from "./dialogs.js"
import { Editing } from "./editing.js"
import { History } from "./history.js"
import { Jumps } from "./jumps.js"
import { MessageActions } from "./message_actions.js"
import { Pending } from "./pending.js"
import { People } from "./people.js"
import { Quotes } from "./quotes.js"
import { ReadMarker } from "./read_marker.js"
import { RoomHead } from "./room_head.js"
import { Scroller } from "./scroller.js"
import { Timeline } from "./timeline.js"
import { Typing } from "./typing.js"

/** `page` is the page's data; app: {live, outbox, picker, pins, roomsList, me, now}; `jumpTo(seq)` shows a message. */
export function makeParts(main, page, app, jumpTo) {
  const { live, outbox, picker, pins, roomsList, me, now } = app
  const { room } = page
  const find = (selector) => main.querySelector(selector)
  const people = new People(document.getElementById("people"), main, page.people, me.id)
  const nameOfUser = (id) => (id === me.id ? "You" : (people.find(id)?.name ?? "Someone"))
  const attachments = new Attachments(page.attachments, { live, me, now }, find("#timeline"))
  const context = { room: room.id, me: me.id, nameOfUser, quotes: new Quotes(), attachments }
  const scroller = new Scroller(find("#timeline"))
  const timeline = new Timeline(find("#entries"), context)
  const history = new History({
    room: room.id,
    timeline,
    scroller,
    pane: main,
    before: page.has_more_before,
    after: page.has_more_after,
  })
  const typing = new Typing(find("#typing"), room.id, { live, me })
  const { slashes } = page
  const composer = new Composer(find("#composer"), room.id, { outbox, live, picker, me, typing, people, slashes })
  const editing = new Editing({ live, timeline, scroller, composer })
  const pending = new Pending(find("#pending"), { outbox, scroller, timeline, composer }, context, me)
  const readMarker = new ReadMarker(room.id, room.read_seq, { live, scroller, roomsList })
  const jumps = new Jumps(main, { scroller, history, timeline }, firstUnread(page, timeline))
  const pin = (row) => pins.open(row, main.dataset.role)
  new MessageActions(find("#timeline"), room.id, { live, picker, composer, editing, confirm, jumpTo, pin })
  composer.addEventListener("edit-last", () => editing.open(timeline.lastOwn()))
  const head = new RoomHead(main, room)
  return { head, people, attachments, scroller, timeline, history, typing, composer, pending, readMarker, jumps }
}

/** What the button at the top offers: the way to the first message that was unread when the room was opened. */
function firstUnread({ first_unread_seq: seq, room }, timeline) {
  return seq && room.unread ? { seq, count: room.unread, at: timeline.atSeq(seq)?.dataset.at } : null
}
