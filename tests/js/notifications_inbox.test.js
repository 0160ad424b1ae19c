import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"

import { Inbox } from "../../notifications/static/notifications/inbox.js"
import { notification, START, Stream } from "./support/notifications.js"
import "./support/vendor.js"

const { toAcknowledge } = await import("../../notifications/static/notifications/row.js")

const NOW = Date.parse(START)
const HOUR_MS = 3_600_000

let arrived
let inbox
let stream

beforeEach(() => {
  inbox = new Inbox({ unread: 0, seq: 0, now: () => NOW })
  stream = new Stream()
  arrived = []
  inbox.addEventListener("arrival", ({ detail }) => arrived.push(detail.id))
})

const ids = () => inbox.all().map(({ id }) => id)

test("what is new is there, counted, and told of", () => {
  inbox.event(stream.created({ id: 7 }))
  assert.deepEqual([ids(), inbox.unread, arrived, inbox.seq], [[7], 1, [7], 1])
})

test("events of other apps only move the position", () => {
  inbox.event({ stream: "inbox.3", seq: 1, type: "read.moved", at: START, data: { room: 7, unread: 12 } })
  assert.deepEqual([inbox.seq, inbox.unread], [1, 0])
})

test("the newest change stands first", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.event(stream.created({ id: 2, updated_at: "2026-03-02T09:00:01.000Z" }, 2))
  inbox.event(stream.updated({ id: 1, revision: 2, updated_at: "2026-03-02T09:00:02.000Z" }, 2))
  assert.deepEqual(ids(), [1, 2])
})

test("one more of the same is told of, and a correction is not", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.event(stream.grown({ id: 1, revision: 2, count: 2 }))
  inbox.event(stream.updated({ id: 1, revision: 3, count: 1, news_seq: 1 }))
  inbox.event(stream.updated({ id: 9, revision: 2, news_seq: 1 }))
  assert.deepEqual(arrived, [1, 1])
})

test("what is corrected while it waits is said to have been", () => {
  const corrected = []
  inbox.addEventListener("correction", ({ detail }) => corrected.push(detail.body))
  inbox.event(stream.created({ id: 1 }))
  inbox.event(stream.updated({ id: 1, revision: 2, body: "It is safe" }))
  inbox.event(stream.updated({ id: 1, revision: 2, read_at: START }, 0))
  assert.deepEqual(corrected, ["It is safe"])
})

test("what happened while the page was asleep is no news", () => {
  inbox.event(stream.created({ id: 1 }, 1, new Date(NOW - HOUR_MS).toISOString()))
  assert.deepEqual([inbox.unread, arrived], [1, []])
})

test("what was read elsewhere is read here, and taken down", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.event(stream.created({ id: 2 }, 2))
  let concerns
  inbox.addEventListener("settled", ({ detail }) => (concerns = detail))
  inbox.event(stream.read({ ids: [1, 99] }, 1))
  assert.equal(inbox.get(1).read_at, START)
  assert.equal(inbox.get(2).read_at, null)
  assert.equal(inbox.unread, 1)
  assert.deepEqual([1, 2, 99].map((id) => concerns(id)), [true, false, true])
})

test("reading up to a position leaves what is put off, and what changed later", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.event(stream.updated({ id: 2, snoozed_until: "2026-03-03T08:00:00.000Z" }))
  inbox.event(stream.created({ id: 3 }, 2))
  inbox.event(stream.read({ up_to: 2 }, 1))
  assert.deepEqual([1, 2, 3].map((id) => Boolean(inbox.get(id).read_at)), [true, false, false])
})

test("what was read at one moment waits again, and nothing that was acknowledged or read at another", () => {
  const later = "2026-03-02T09:00:01.000Z"
  for (const id of [1, 2, 3]) inbox.event(stream.created({ id }, id))
  inbox.event(stream.read({ up_to: 2 }, 1))
  inbox.event(stream.updated({ id: 2, read_at: START, acknowledged_at: later }, 1))
  inbox.event({ ...stream.read({ ids: [3] }, 0), data: { ids: [3], read_at: later, unread: 0 } })
  inbox.event(stream.restored(START, 1))
  assert.deepEqual([1, 2, 3].map((id) => Boolean(inbox.get(id).read_at)), [false, true, true])
  assert.equal(inbox.unread, 1)
})

test("what is believed to be read is read at the moment that the server says", () => {
  inbox.event(stream.created({ id: 1 }))
  const belief = inbox.assume([1], { read_at: "2026-03-02T08:59:59.000Z" })
  inbox.event(stream.read({ up_to: 1 }, 0))
  belief.until(2)
  assert.equal(inbox.get(1).read_at, START)
  inbox.event(stream.restored(START, 1))
  assert.equal(inbox.get(1).read_at, null)
})

test("what is believed holds while the stream tells of what was before it", () => {
  inbox.event(stream.created({ id: 1 }))
  const beliefs = [START, null].map((read_at) => inbox.assume([1], { read_at }))
  const read = stream.read({ ids: [1] }, 0)
  const seen = () => [inbox.get(1).read_at, inbox.unread]
  beliefs[0].until(2)
  assert.deepEqual(seen(), [null, 1])
  beliefs[1].until(3)
  inbox.event(read)
  assert.deepEqual(seen(), [null, 1])
  inbox.event(stream.updated({ id: 1, read_at: START, title: "Read elsewhere since" }, 0))
  assert.deepEqual(seen(), [START, 0])
})

test("what changed nothing is believed no longer than until the server has answered", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.assume([1], { read_at: START }).until(1)
  assert.deepEqual([inbox.get(1).read_at, inbox.unread], [null, 1])
})

test("what was believed of another history is not believed any more", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.assume([1], { read_at: START }).until(40)
  inbox.begin({ unread: 1, seq: 0 })
  assert.deepEqual([inbox.get(1).read_at, inbox.unread], [null, 1])
})

test("what is withdrawn is gone", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.event(stream.updated({ id: 1, withdrawn_at: START }, 0))
  assert.deepEqual([ids(), inbox.unread], [[], 0])
})

test("what was put off is news again when its time has come, and not when somebody brings it back", () => {
  const late = new Date(NOW + HOUR_MS).toISOString()
  inbox.event(stream.updated({ id: 1, snoozed_until: late }, 0))
  inbox.event(stream.updated({ id: 2, snoozed_until: late }, 0))
  inbox.event(stream.grown({ id: 1, revision: 2 }, 1))
  inbox.event(stream.updated({ id: 2 }, 2))
  assert.deepEqual(arrived, [1])
})

test("what happens while a snapshot is on its way is applied to it", async () => {
  const loading = inbox.load(async () => {
    inbox.event(stream.read({ ids: [5] }, 1))
    return { notifications: [notification({ id: 5 }), notification({ id: 6 })], unread: 2, seq: 0 }
  })
  await loading
  assert.deepEqual([inbox.get(5).read_at, inbox.get(6).read_at, inbox.unread], [START, null, 1])
})

test("a snapshot that is older than what is known changes nothing of it", async () => {
  inbox.event(stream.created({ id: 5 }))
  inbox.event(stream.read({ ids: [5] }, 0))
  await inbox.load(async () => ({ notifications: [notification({ id: 5 })], unread: 1, seq: 1 }))
  assert.deepEqual([inbox.get(5).read_at, inbox.unread], [START, 0])
})

test("what is believed can be taken back, but not over what the server says meanwhile", () => {
  inbox.event(stream.created({ id: 1 }))
  inbox.event(stream.created({ id: 2 }, 2))
  const belief = inbox.assume([1, 2], { read_at: START })
  assert.equal(inbox.unread, 0)
  inbox.event(stream.read({ ids: [2] }, 1))
  belief.takeBack()
  assert.deepEqual([inbox.get(1).read_at, inbox.get(2).read_at, inbox.unread], [null, START, 1])
})

test("what is urgent can be acknowledged, and every alert, once", () => {
  const kinds = new Map([["alert", { acknowledged: true }], ["mention", { acknowledged: false }]])
  const can = (kind, priority, acknowledged_at = null) => toAcknowledge({ kind, priority, acknowledged_at }, kinds)
  assert.deepEqual([can("alert", 3), can("mention", 3), can("mention", 5), can("gone", 3), can("alert", 5, "2026-01-01")], [true, false, true, false, false])
})
