// Starts the inbox: the list, its filters, and what keys and buttons do to it.

import { readNotifications } from "./api.js"
import { isNarrow, queryOf, readFilters } from "./filters.js"
import { isSnoozed } from "./inbox.js"
import { InboxBar } from "./inbox_bar.js"
import { InboxFilters } from "./inbox_filters.js"
import { InboxView } from "./inbox_view.js"
import { meaning } from "./keys.js"
import { Selection } from "./selection.js"
import { live, notifications } from "./site.js"
import { SnoozeMenu } from "./snooze_menu.js"
import { snapshot } from "./start.js"

const PAGE = 50

const { inbox, deeds, looks, notices } = notifications
const first = JSON.parse(document.getElementById("page-data").textContent)
const list = document.getElementById("inbox-list")
const more = document.getElementById("more")
const selection = new Selection()
const view = new InboxView({ inbox, selection, looks, filters: readFilters(location.search) })
const bar = new InboxBar({ selection, view, inbox })
const menu = new SnoozeMenu(looks.times)
const filters = new InboxFilters({ chosen: (chosen) => narrow(chosen) })
let turn = 0

const DEEDS = {
  read: (ids) => deeds.read(ids),
  unread: (ids) => deeds.unread(ids),
  acknowledge: (ids) => deeds.acknowledge(ids),
  snooze: (ids, beside) => snooze(ids, beside),
  mute: (ids) => mute(ids),
}

const KEYS = {
  next: () => go(selection.move(1)),
  previous: () => go(selection.move(-1)),
  selectNext: () => extend(1),
  selectPrevious: () => extend(-1),
  open: () => view.row(selection.current)?.querySelector(".note-title[href]")?.click(),
  toggle: () => selection.current === null || tick(selection.current),
  selectAll: () => tickAll(selection.ticked.length < view.shown.length),
  selectNone: () => tickAll(false),
  undo: () => deeds.undo(),
  search: () => filters.search(),
  help: () => document.getElementById("keys").showModal(),
}

inbox.addEventListener("change", draw)
list.addEventListener("click", pressed)
list.addEventListener("focusin", ({ target }) => at(target.closest(".note")))
document.getElementById("bar").addEventListener("click", pressedBar)
document.querySelector("[data-open-keys]").addEventListener("click", KEYS.help)
more.addEventListener("click", loadMore)
addEventListener("popstate", () => narrow(filters.show(readFilters(location.search)), { push: false }))
document.addEventListener("keydown", (event) => {
  const name = document.querySelector("dialog[open], :popover-open") ? null : meaning(event)
  if (!name) return
  event.preventDefault()
  if (KEYS[name]) KEYS[name]()
  else if (selection.targets.length) DEEDS[name](selection.targets, view.row(selection.current ?? selection.targets[0]))
})

setFloor(first)
await inbox.load(async () => ({ ...first, unread: inbox.unread }))

// --- What is shown

function draw() {
  view.draw()
  bar.draw()
  const isEmpty = !list.childElementCount
  document.getElementById("empty").hidden = !isEmpty
  if (isEmpty) sayNothing()
}

function sayNothing() {
  const { show } = view.filters
  const [title, text] = isNarrow(view.filters)
    ? ["Nothing found", "No notification is like that. Ask for less, or look under All."]
    : {
        unread: ["All caught up", "Nothing waits for you. What you have read is under All."],
        snoozed: ["Nothing is put off", "Press S on a notification, and it comes back when you have time."],
        all: ["Nothing yet", "Mentions, replies, invitations and alerts will be here."],
      }[show]
  document.getElementById("empty-title").textContent = title
  document.getElementById("empty-text").textContent = text
}

/** Other filters: what is known is shown at once, and the rest is asked for. */
async function narrow(chosen, { push = true } = {}) {
  view.filters = chosen
  view.floor = null
  tickAll(false)
  if (push) history.pushState(null, "", location.pathname + queryOf(chosen))
  await load({})
}

function loadMore() {
  return load({ before: view.floor.id })
}

async function load({ before }) {
  const asked = (turn += 1)
  list.setAttribute("aria-busy", "true")
  more.disabled = true
  try {
    const read = async () => snapshot(await readNotifications(view.filters, { before, limit: PAGE }))
    let page
    await inbox.load(async () => (page = await read()))
    if (asked === turn) setFloor(page)
  } catch {
    if (asked === turn) notices.say("Cannot be loaded now. Try again when you are back online.", null)
  }
  if (asked !== turn) return
  list.removeAttribute("aria-busy")
  more.disabled = false
  draw()
}

function setFloor({ notifications: found, has_more: hasMore }) {
  view.floor = hasMore ? found.at(-1) : null
  more.hidden = !hasMore
}

// --- Where the reader is

function go(id) {
  if (id === null) return
  draw()
  view.focus()
}

function at(row) {
  const id = Number(row?.dataset.id)
  if (!row || id === selection.current) return
  selection.make(id)
  draw()
}

function tick(id, ticked) {
  selection.toggle(id, ticked)
  draw()
}

function tickAll(ticked) {
  selection.tickAll(ticked)
  draw()
}

function extend(step) {
  if (selection.current !== null) selection.toggle(selection.current, true)
  const id = selection.move(step)
  if (id !== null) selection.toggle(id, true)
  go(id)
}

// --- What the reader does

function pressed(event) {
  const row = event.target.closest(".note")
  const id = Number(row?.dataset.id)
  const { target } = event
  if (target.matches("[data-tick]")) return event.shiftKey ? (selection.extendTo(id), draw()) : tick(id, target.checked)
  const deed = target.closest("[data-do]")
  if (deed) return DEEDS[deed.dataset.do]([id], deed)
  const button = target.closest("[data-act]")
  if (button) return press(id, button)
  const group = target.closest("[data-group]")
  if (group) return DEEDS[group.dataset.group](idsOf(group.closest(".inbox-source")), group)
}

function pressedBar({ target }) {
  if (target.id === "tick-all") return tickAll(target.checked)
  const button = target.closest("[data-do]")
  if (button?.dataset.do === "read-all") readAll()
  else if (button) DEEDS[button.dataset.do](selection.targets, button)
}

/** All that waits; where the list is narrowed down, all of that. */
function readAll() {
  if (isNarrow(view.filters)) deeds.read(view.shown.map(({ id }) => id))
  else deeds.readAll()
}

function snooze(ids, beside) {
  const isAsleep = ids.every((id) => isSnoozed(inbox.get(id)))
  menu.ask(beside, isAsleep, (until, words) => {
    if (until) deeds.snooze(ids, until, words)
    else deeds.wake(ids)
    view.focus()
  })
}

async function mute(ids) {
  const bySource = new Map(ids.map((id) => [inbox.get(id).source, id]))
  for (const id of bySource.values()) await deeds.mute(id)
}

/** A button that the sender put there: this site tells them. */
async function press(id, button) {
  button.disabled = true
  try {
    const [action, revision] = [button.dataset.act, button.parentElement.dataset.revision].map(Number)
    await live.command("notification.act", { notification: id, action, revision })
    notices.say(`${button.textContent}: sent`, null)
  } catch (error) {
    notices.complain(error)
  }
  button.disabled = false
}

const idsOf = (section) => [...section.querySelectorAll(".note")].map((row) => Number(row.dataset.id))
