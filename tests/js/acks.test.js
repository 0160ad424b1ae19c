import assert from "node:assert/strict"
import { test } from "node:test"

import { Acks } from "../../project/realtime/static/realtime/acks.js"
import { Clock } from "./support/clock.js"

function watched(t) {
  const clock = new Clock()
  t.after(() => clock.restore())
  const sent = []
  return { clock, acks: new Acks((positions) => sent.push(Object.fromEntries(positions))), sent }
}

test("half a second after the first event everything handled is acknowledged in one go", (t) => {
  const { acks, clock, sent } = watched(t)
  acks.handled("room.7", 1)
  clock.tick(400)
  acks.handled("room.7", 2)
  acks.handled("inbox.3", 9)
  clock.tick(99)
  assert.deepEqual(sent, [])
  clock.tick(1)
  assert.deepEqual(sent, [{ "room.7": 2, "inbox.3": 9 }])
})

test("the thirty-second event does not wait", (t) => {
  const { acks, clock, sent } = watched(t)
  for (let seq = 1; seq <= 70; seq += 1) acks.handled("room.7", seq)
  assert.deepEqual(sent, [{ "room.7": 32 }, { "room.7": 64 }])
  clock.tick(500)
  assert.deepEqual(sent.at(-1), { "room.7": 70 })
})

test("as many characters as 64 KiB may be do not wait", (t) => {
  const { acks, sent } = watched(t)
  acks.handled("room.7", 1)
  acks.received(20_000)
  assert.deepEqual(sent, [])
  acks.handled("room.7", 2)
  acks.received(20_000)
  assert.deepEqual(sent, [{ "room.7": 2 }])
  acks.received(64_000)
  assert.equal(sent.length, 1)
})

test("nothing is acknowledged on a connection that is over", (t) => {
  const { acks, clock, sent } = watched(t)
  acks.handled("room.7", 1)
  acks.disconnect()
  clock.tick(1000)
  assert.deepEqual(sent, [])
})
