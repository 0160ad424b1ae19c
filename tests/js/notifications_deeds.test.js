import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"

import { Deeds } from "../../notifications/static/notifications/deeds.js"
import { Inbox } from "../../notifications/static/notifications/inbox.js"
import { Desk, START, Stream } from "./support/notifications.js"

const TOMORROW = "2026-03-03T08:00:00.000Z"

let deeds
let desk
let inbox
let refused
let said
let undo

beforeEach(() => {
  inbox = new Inbox({ unread: 0, seq: 0, now: () => Date.parse(START) })
  const stream = new Stream()
  for (const id of [1, 2, 3]) inbox.event(stream.created({ id }, id))
  desk = new Desk()
  ;[said, refused] = [[], []]
  deeds = new Deeds({
    inbox,
    live: desk,
    said: (text, back) => ([undo] = [back, said.push(text)]),
    refused: (error) => refused.push(error),
  })
})

const unread = () => [1, 2, 3].filter((id) => !inbox.get(id).read_at)

test("many are read with one command, and waiting is undone with one", async () => {
  await deeds.read([1, 2])
  assert.deepEqual([unread(), inbox.unread, said], [[3], 1, ["Marked 2 notifications as read"]])
  await deeds.undo()
  assert.deepEqual(desk.asked, [
    ["notification.read", { notifications: [1, 2] }],
    ["notification.unread", { notifications: [1, 2] }],
  ])
  assert.deepEqual([unread(), inbox.unread], [[1, 2, 3], 3])
})

test("it shows before the server has answered", () => {
  desk.answer = () => new Promise(() => {})
  deeds.read([1])
  assert.deepEqual(unread(), [2, 3])
})

test("what the server refuses is taken back, and cannot be undone", async () => {
  desk.answer = () => Promise.reject(new Error("no"))
  await deeds.read([1])
  assert.deepEqual([unread(), refused.map(({ message }) => message)], [[1, 2, 3], ["no"]])
  await deeds.undo()
  assert.deepEqual(said.at(-1), "There is nothing to undo.")
})

test("what is so already is not asked for", async () => {
  await deeds.read([1])
  await deeds.read([1])
  assert.equal(desk.asked.length, 1)
})

test("what is put off comes back by undoing, to the time it was put off to before", async () => {
  await deeds.snooze([1, 2], START, "10:00")
  await deeds.snooze([1, 3], TOMORROW, "tomorrow")
  desk.asked.length = 0
  await deeds.undo()
  assert.deepEqual(desk.asked, [
    ["notification.snooze", { notifications: [1], until: START }],
    ["notification.snooze", { notifications: [3], until: null }],
  ])
})

test("what was read waits again when it is put off", async () => {
  await deeds.read([1])
  await deeds.snooze([1], TOMORROW, "tomorrow")
  assert.deepEqual(desk.asked.slice(1).map(([name]) => name), ["notification.unread", "notification.snooze"])
  assert.deepEqual([inbox.get(1).read_at, inbox.get(1).snoozed_until], [null, TOMORROW])
  await deeds.undo()
  assert.ok(inbox.get(1).read_at)
  assert.equal(inbox.get(1).snoozed_until, null)
})

test("to undo an acknowledgement, it waits again, or is read as it was", async () => {
  await deeds.read([1])
  await deeds.acknowledge([1, 2])
  await deeds.undo()
  assert.deepEqual([1, 2].map((id) => inbox.get(id).acknowledged_at), [null, null])
  assert.deepEqual(unread(), [2, 3])
})

test("a notice's own undo takes back its own step, whatever was done after it", async () => {
  await deeds.read([1])
  const first = undo
  await deeds.read([2])
  await first()
  await new Promise(setImmediate)
  assert.deepEqual(unread(), [1, 3])
  await deeds.undo()
  assert.deepEqual(unread(), [1, 2, 3])
})

test("a step back does not overtake the step", async () => {
  let answer
  desk.answer = () => new Promise((resolve) => (answer = resolve))
  const reading = deeds.read([1])
  await new Promise(setImmediate)
  const undoing = deeds.undo()
  await new Promise(setImmediate)
  assert.equal(desk.asked.length, 1)
  desk.answer = () => ({ unread: 3 })
  answer({ unread: 2 })
  await Promise.all([reading, undoing])
  assert.deepEqual(unread(), [1, 2, 3])
})

test("that there is nothing more to undo is said after the last step is", async () => {
  await deeds.read([1])
  desk.answer = () => new Promise((resolve) => setImmediate(resolve, { unread: 3 }))
  await Promise.all([deeds.undo(), deeds.undo()])
  assert.deepEqual(said.slice(-2), ["Undone", "There is nothing to undo."])
})

test("muting is of a source, and undone", async () => {
  await deeds.mute(1)
  await deeds.undo()
  assert.deepEqual(desk.asked, [
    ["notification.mute", { source: "topic.disks" }],
    ["notification.unmute", { source: "topic.disks" }],
  ])
})

test("more than one command may take is sent in parts", async () => {
  const stream = new Stream(3)
  const many = Array.from({ length: 501 }, (_, index) => index + 10)
  for (const id of many) inbox.event(stream.created({ id }, id))
  await deeds.read(many)
  assert.deepEqual(desk.asked.map(([, { notifications }]) => notifications.length), [500, 1])
})

test("reading everything reads nothing that came after what is shown here", async () => {
  await deeds.readAll()
  assert.deepEqual(desk.asked, [["notification.read_all", { up_to: inbox.seq }]])
  assert.ok(inbox.seq > 0)
})

test("reading everything is undone by the server, whatever is loaded here", async () => {
  desk.answer = () => ({ unread: 0, seq: 4, read_at: START })
  await deeds.readAll()
  assert.deepEqual(unread(), [])
  await deeds.undo()
  assert.deepEqual(desk.asked.at(-1), ["notification.unread_all", { read_at: START }])
  assert.deepEqual(said, ["Marked everything as read", "Undone"])
})

test("what is undone before the server has answered is that, and not the step before", async () => {
  await deeds.read([1])
  for (const [begin, answer, back] of [
    [() => deeds.readAll(), { read_at: START }, ["notification.unread_all", { read_at: START }]],
    [() => deeds.mute(1), {}, ["notification.unmute", { source: "topic.disks" }]],
  ]) {
    let answered
    desk.answer = (name) => (name === back[0] ? {} : new Promise((resolve) => (answered = resolve)))
    const under = begin()
    await new Promise(setImmediate)
    const undoing = deeds.undo()
    answered(answer)
    await Promise.all([under, undoing])
    assert.deepEqual(desk.asked.at(-1), back)
  }
})

test("where nothing waited for the server, there is nothing to take back there", async () => {
  desk.answer = () => ({ unread: 0, read_at: null })
  await deeds.readAll()
  await deeds.undo()
  assert.equal(desk.asked.length, 1)
})
