import assert from "node:assert/strict"
import { test } from "node:test"

import { Roster } from "../../project/realtime/static/realtime/roster.js"

test("a stream is needed until the last tab drops it", () => {
  const roster = new Roster()
  roster.add("one", "room.7")
  roster.add("two", "room.7")
  assert.equal(roster.drop("one", "room.7"), false)
  assert.equal(roster.drop("two", "room.7"), true)
})

test("a tab that is gone needs nothing any more", () => {
  const roster = new Roster()
  roster.add("one", "room.7")
  roster.add("one", "inbox.3")
  roster.add("two", "inbox.3")
  assert.deepEqual(roster.leave("one"), ["room.7"])
  assert.deepEqual(roster.tabs, ["two"])
  assert.deepEqual(roster.leave("one"), [])
})

test("a tab that says everything it needs gives up the rest", () => {
  const roster = new Roster()
  roster.add("one", "room.7")
  roster.add("one", "room.8")
  assert.deepEqual(roster.keep("one", ["room.8", "room.9"]), ["room.7"])
})
