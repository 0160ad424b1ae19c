// Fills what the templates hold empty: one notification, in the inbox, the drawer or a notice.

import { fillAvatar } from "../project/avatar.js"
import { isSnoozed, isUnread } from "./inbox.js"

const UNSEEN_MS = 800
/** What is urgent can be acknowledged, whatever its kind is. */
const URGENT_ENOUGH = 4
const CHIPS = { 4: "High", 5: "Urgent" }

export const fromTemplate = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true)

/** Where a notification leads: the site marks it as read on the way. */
export const openUrl = ({ id }) => `/notifications/${id}/open/`

export function icon(name) {
  const svg = fromTemplate("icon-template")
  const use = svg.querySelector("use")
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`))
  return svg
}

/** The picture of who did it, or the sign of what sort of thing it is. */
export function fillFace(element, { actor, kind }, kinds) {
  const key = actor ? `${actor.id} ${actor.avatar ?? actor.name}` : kind
  if (element.dataset.shows === key) return
  element.dataset.shows = key
  const face = document.createElement("span")
  face.className = actor ? "avatar" : "note-glyph"
  face.setAttribute("aria-hidden", "true")
  if (actor) fillAvatar(face, actor)
  else face.append(icon(kinds.get(kind)?.icon ?? "bell"))
  element.replaceChildren(face)
}

export function fillLink(link, notification) {
  link.textContent = notification.title
  if (notification.link) link.href = openUrl(notification)
  else link.removeAttribute("href")
}

function fillText(element, text) {
  element.hidden = !text
  if (element.textContent !== text) element.textContent = text
}

export function fillChip(element, { priority }) {
  fillText(element, CHIPS[priority] ?? "")
}

/** Whether somebody can say of it that they take care of it: of what is urgent, and of every alert. */
export const toAcknowledge = ({ kind, priority, acknowledged_at: acknowledged }, kinds) =>
  !acknowledged && (priority >= URGENT_ENOUGH || Boolean(kinds.get(kind)?.acknowledged))

/** A short one, for the drawer and for a notice. */
export function fillBrief(element, notification, { kinds, times }) {
  Object.assign(element.dataset, { id: notification.id, priority: notification.priority })
  element.classList.toggle("is-unread", isUnread(notification))
  fillFace(element.querySelector(".note-face"), notification, kinds)
  fillLink(element.querySelector(".brief-title"), notification)
  fillText(element.querySelector(".brief-body"), notification.body)
  fillText(element.querySelector(".note-source"), notification.source_name)
  const chip = element.querySelector(".note-chip")
  if (chip) fillChip(chip, notification)
  const time = element.querySelector("time")
  if (time) fillTime(time, notification.updated_at, times.ago(notification.updated_at), times)
  const acknowledged = element.querySelector(".note-acknowledged")
  if (acknowledged) fillText(acknowledged, notification.acknowledged_at ? "Acknowledged" : "")
  element.querySelector("[data-do=read]").hidden = !isUnread(notification)
  element.querySelector("[data-do=acknowledge]").hidden = !toAcknowledge(notification, kinds)
}

/** One row of the inbox. */
export function fillNote(element, notification, { kinds, times }) {
  const { title, body, count, priority, acknowledged_at: acknowledged, snoozed_until: until } = notification
  Object.assign(element.dataset, { id: notification.id, priority })
  element.classList.toggle("is-unread", isUnread(notification))
  element.classList.toggle("is-snoozed", isSnoozed(notification))
  element.setAttribute("aria-label", title)
  element.querySelector("[data-tick]").setAttribute("aria-label", `Select: ${title}`)
  fillFace(element.querySelector(".note-face"), notification, kinds)
  fillLink(element.querySelector(".note-title"), notification)
  fillChip(element.querySelector(".note-chip"), notification)
  fillText(element.querySelector(".note-body"), body)
  fillTime(element.querySelector(".note-meta time"), notification.updated_at, times.clock(notification.updated_at), times)
  fillText(element.querySelector(".note-kind"), kinds.get(notification.kind)?.title ?? notification.kind)
  fillText(element.querySelector(".note-count"), count > 1 ? `${count} times` : "")
  fillText(element.querySelector(".note-snoozed"), until ? `Until ${times.soon(until)}` : "")
  fillText(element.querySelector(".note-acknowledged"), acknowledged ? "Acknowledged" : "")
  fillActions(element.querySelector(".note-buttons"), notification)
  const isOpen = isUnread(notification)
  const shown = { read: isOpen, unread: !isOpen && !until, acknowledge: toAcknowledge(notification, kinds), snooze: true }
  for (const [name, isShown] of Object.entries(shown)) element.querySelector(`[data-do="${name}"]`).hidden = !isShown
}

function fillTime(element, iso, text, times) {
  element.setAttribute("datetime", iso)
  element.title = times.full(iso)
  if (element.textContent !== text) element.textContent = text
}

function fillActions(element, { actions, revision }) {
  const key = JSON.stringify(actions)
  if (element.dataset.shows !== key) {
    element.dataset.shows = key
    element.hidden = !actions.length
    element.replaceChildren(...actions.map((action) => (action.url ? linkTo(action) : buttonFor(action))))
  }
  if (element.dataset.revision && element.dataset.revision !== String(revision)) holdBack(element)
  element.dataset.revision = revision
}

/** Nobody has seen yet what these are about now: a finger that is on its way was meant for something else. */
function holdBack(element) {
  element.inert = true
  setTimeout(() => (element.inert = false), UNSEEN_MS)
}

function linkTo({ label, url }) {
  const link = Object.assign(document.createElement("a"), { href: url, textContent: label })
  Object.assign(link, { className: "button small", target: "_blank", rel: "noopener noreferrer" })
  return link
}

function buttonFor({ label, action }) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: label })
  button.className = "button small"
  button.dataset.act = action
  return button
}

/** Makes these the children, in this order, and moves only what must be: what moves loses the focus. */
export function arrange(parent, elements) {
  const wanted = new Set(elements)
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove()
  let place = parent.firstElementChild
  for (const element of elements) {
    if (element === place) place = place.nextElementSibling
    else parent.insertBefore(element, place)
  }
}
