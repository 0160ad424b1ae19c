import assert from "node:assert/strict"
import { test } from "node:test"

import { Ladder } from "../../project/realtime/static/realtime/ladder.js"

const [socket, sse, poll] = ["socket", "sse", "poll"]
const failing = (ladder, times) => Array.from({ length: times }, () => (ladder.failed(), ladder.current))

test("two failures in a row lead to the next transport, and from the last to the first", () => {
  const ladder = new Ladder([socket, sse, poll])
  assert.deepEqual(failing(ladder, 6), [socket, sse, sse, poll, poll, socket])
})

test("a success in between starts the count anew", () => {
  const ladder = new Ladder([socket, sse, poll])
  ladder.failed()
  ladder.opened(socket)
  ladder.failed()
  assert.equal(ladder.current, socket)
})

test("on the best there is nothing to look up to", () => {
  assert.equal(new Ladder([socket, sse, poll]).climbAfter, null)
})

test("looks upwards are the rarer the more of them were in vain", () => {
  const ladder = new Ladder([socket, sse, poll])
  failing(ladder, 2)
  const waits = Array.from({ length: 8 }, () => {
    const wait = ladder.climbAfter
    ladder.lookUp()
    return wait
  })
  assert.deepEqual(waits, [10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000])
})

test("it begins with the one that is known to work", () => {
  const labelled = [socket, sse, poll].map((label) => ({ label }))
  assert.equal(new Ladder(labelled, sse).current.label, sse)
  assert.equal(new Ladder(labelled, "unheard of").current.label, socket)
})

test("a better one that has worked before is looked for soon", () => {
  const ladder = new Ladder([socket, sse, poll])
  ladder.opened(socket)
  failing(ladder, 2)
  assert.equal(ladder.climbAfter, 1_000)
  ladder.lookUp()
  assert.equal(ladder.climbAfter, 20_000)
})

test("from the lowest, all better ones are tried in turn", () => {
  const ladder = new Ladder([socket, sse, poll])
  failing(ladder, 4)
  assert.deepEqual([ladder.lookUp(), ladder.lookUp(), ladder.lookUp()], [socket, sse, socket])
})

test("others are those further down, and then round to the one before", () => {
  const ladder = new Ladder([socket, sse, poll])
  assert.deepEqual(ladder.others, [sse, poll])
  failing(ladder, 2)
  assert.deepEqual(ladder.others, [poll, socket])
  failing(ladder, 2)
  assert.deepEqual(ladder.others, [socket, sse])
})

test("the one that was opened is the current one", () => {
  const ladder = new Ladder([socket, sse, poll])
  failing(ladder, 4)
  ladder.opened(socket)
  assert.equal(ladder.current, socket)
})
