import assert from "node:assert/strict"
import { test } from "node:test"

import { formatCursor, parseCursor } from "../../project/realtime/static/realtime/cursor.js"

test("a cursor names the epoch and each stream's position", () => {
  assert.equal(formatCursor("abc", new Map([["room.7", 12], ["inbox.3", 0]])), "abc/room.7:12,inbox.3:0")
})

test("on first contact there is no epoch to name", () => {
  assert.equal(formatCursor(null, [["room.7", 12]]), "room.7:12")
})

test("reading a cursor gives back what was written", () => {
  assert.deepEqual(parseCursor("abc/room.7:12,inbox.3:4"), {
    epoch: "abc",
    positions: new Map([["room.7", 12], ["inbox.3", 4]]),
  })
  assert.deepEqual(parseCursor("room.7:12"), { epoch: null, positions: new Map([["room.7", 12]]) })
  assert.deepEqual(parseCursor("abc/"), { epoch: "abc", positions: new Map() })
})
