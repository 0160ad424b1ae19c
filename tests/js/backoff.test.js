import assert from "node:assert/strict"
import { test } from "node:test"

import { Backoff } from "../../project/realtime/static/realtime/backoff.js"

const waits = (backoff, times) => Array.from({ length: times }, () => backoff.next())

test("waits double from half a second and stay at thirty seconds", () => {
  assert.deepEqual(waits(new Backoff(() => 1), 8), [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test("a wait is anything between nothing and its ceiling", () => {
  assert.deepEqual(waits(new Backoff(() => 0), 3), [0, 0, 0])
  assert.deepEqual(waits(new Backoff(() => 0.5), 3), [250, 500, 1000])
})

test("after a success waits start small again", () => {
  const backoff = new Backoff(() => 1)
  waits(backoff, 5)
  backoff.reset()
  assert.equal(backoff.next(), 500)
})
