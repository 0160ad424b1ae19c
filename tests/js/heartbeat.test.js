import assert from "node:assert/strict"
import { test } from "node:test"

import { Heartbeat } from "../../project/realtime/static/realtime/heartbeat.js"
import { Clock } from "./support/clock.js"

function watched(t) {
  const clock = new Clock()
  t.after(() => clock.restore())
  const happened = []
  const heartbeat = new Heartbeat({ ask: () => happened.push("ask"), dead: () => happened.push("dead") })
  heartbeat.connect()
  return { clock, heartbeat, happened }
}

test("after 25 seconds of silence it asks, and ten seconds later it gives up", (t) => {
  const { clock, happened } = watched(t)
  clock.tick(24_999)
  assert.deepEqual(happened, [])
  clock.tick(1)
  assert.deepEqual(happened, ["ask"])
  clock.tick(9_999)
  assert.deepEqual(happened, ["ask"])
  clock.tick(1)
  assert.deepEqual(happened, ["ask", "dead"])
})

test("any sign of life starts the silence anew", (t) => {
  const { clock, heartbeat, happened } = watched(t)
  clock.tick(20_000)
  heartbeat.heard()
  clock.tick(24_999)
  assert.deepEqual(happened, [])
  clock.tick(1)
  assert.deepEqual(happened, ["ask"])
})

test("an answer in time keeps it alive", (t) => {
  const { clock, heartbeat, happened } = watched(t)
  clock.tick(25_000)
  heartbeat.heard()
  clock.tick(10_000)
  assert.deepEqual(happened, ["ask"])
})

test("a probe asks at once, and only once", (t) => {
  const { clock, heartbeat, happened } = watched(t)
  heartbeat.probe()
  heartbeat.probe()
  assert.deepEqual(happened, ["ask"])
  clock.tick(10_000)
  assert.deepEqual(happened, ["ask", "dead"])
})

test("after disconnect it is silent itself", (t) => {
  const { clock, heartbeat, happened } = watched(t)
  heartbeat.disconnect()
  clock.tick(100_000)
  assert.deepEqual(happened, [])
})
