import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"

import { Inbox } from "../../notifications/static/notifications/inbox.js"
import { Seen } from "../../notifications/static/notifications/seen.js"
import { Desk, Stream } from "./support/notifications.js"

const MINUTE_MS = 60_000

let browser
let desk
let inbox
let seen
let stream

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] })
  browser = { window: new EventTarget(), document: Object.assign(new EventTarget(), { visibilityState: "visible" }) }
  inbox = new Inbox({ unread: 0, seq: 0 })
  stream = new Stream()
  desk = new Desk()
  seen = new Seen({ inbox, live: desk, told: 0, browser })
  seen.connect()
})

afterEach(() => {
  seen.disconnect()
  mock.timers.reset()
})

const move = () => browser.window.dispatchEvent(new Event("pointermove"))
const pass = async (ms) => {
  mock.timers.tick(ms)
  await Promise.resolve()
}

test("what arrives before somebody's eyes is seen", async () => {
  move()
  inbox.event(stream.created({ id: 1 }))
  await pass(1000)
  assert.deepEqual(desk.asked, [["notification.seen", { seq: 1 }]])
})

test("a page that is shown to an empty chair has seen nothing, until somebody comes back", async () => {
  move()
  await pass(MINUTE_MS)
  inbox.event(stream.created({ id: 1 }))
  await pass(MINUTE_MS)
  assert.deepEqual(desk.asked, [])
  move()
  await pass(1000)
  assert.deepEqual(desk.asked, [["notification.seen", { seq: 1 }]])
})

test("a hidden page has seen nothing", async () => {
  move()
  browser.document.visibilityState = "hidden"
  inbox.event(stream.created({ id: 1 }))
  await pass(1000)
  assert.deepEqual(desk.asked, [])
  browser.document.visibilityState = "visible"
  browser.document.dispatchEvent(new Event("visibilitychange"))
  await pass(1000)
  assert.equal(desk.asked.length, 1)
})

test("many at once are said once, and what was said is not said again", async () => {
  move()
  for (const id of [1, 2, 3]) inbox.event(stream.created({ id }, id))
  await pass(1000)
  move()
  await pass(1000)
  assert.deepEqual(desk.asked, [["notification.seen", { seq: 3 }]])
})

test("where it could not be said, the next sign of somebody says it", async () => {
  desk.answer = () => Promise.reject(new Error("away"))
  move()
  inbox.event(stream.created({ id: 1 }))
  await pass(1000)
  await Promise.resolve()
  desk.answer = () => ({})
  move()
  await pass(1000)
  assert.equal(desk.asked.length, 2)
})
