import assert from "node:assert/strict"
import { test } from "node:test"

import { Remembered } from "../../project/realtime/static/realtime/remembered.js"
import { Clock } from "./support/clock.js"

const HOUR_MS = 3_600_000

function storage() {
  const kept = new Map()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) }
}

test("what worked last is known to the next page, for an hour", (t) => {
  const clock = new Clock()
  t.after(() => clock.restore())
  const kept = storage()
  new Remembered(kept).transport = "sse"
  assert.equal(new Remembered(kept).transport, "sse")
  clock.tick(HOUR_MS)
  assert.equal(new Remembered(kept).transport, null)
})

test("nothing is known before anything worked, or where something else is kept there", () => {
  const kept = storage()
  assert.equal(new Remembered(kept).transport, null)
  kept.setItem("watchroom.transport", "{")
  assert.equal(new Remembered(kept).transport, null)
})

test("a browser that keeps nothing is no obstacle", () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("QuotaExceededError") } }
  for (const kept of [undefined, full]) {
    const remembered = new Remembered(kept)
    remembered.transport = "sse"
    assert.equal(remembered.transport, null)
  }
})
