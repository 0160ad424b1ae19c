import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"

import { Subscribers } from "../../project/realtime/static/realtime/subscribers.js"

let asked
let subscribers

beforeEach(() => {
  asked = []
  subscribers = new Subscribers({
    epoch: "one",
    want: (stream, seq) => asked.push([stream, seq]),
    drop: (stream) => asked.push([stream, "drop"]),
  })
})

function listen(stream, seq) {
  const told = []
  const handlers = Object.fromEntries(
    ["event", "ephemeral", "subscribed", "reset", "denied", "revoked"].map((what) => [
      what, (item) => told.push(item.seq ?? what),
    ]),
  )
  return { told, stop: subscribers.add(stream, seq, handlers) }
}

const events = (stream, ...seqs) => subscribers.take(seqs.map((seq) => ({ stream, seq, type: "message.created" })))
const say = (type, detail = {}) => subscribers.take([{ stream: "room.7", type, ...detail }])

test("everyone gets each event once, from their own position on", () => {
  const early = listen("room.7", 1)
  const late = listen("room.7", 3)
  events("room.7", 2, 3, 4, 4, 2)
  assert.deepEqual(early.told, [2, 3, 4])
  assert.deepEqual(late.told, [4])
})

test("a hole is asked for once, and nothing behind it is handed over", () => {
  const { told } = listen("room.7", 1)
  events("room.7", 2)
  events("room.7", 4, 5, 6)
  assert.deepEqual(told, [2])
  assert.deepEqual(asked, [["room.7", 1], ["room.7", 2]])
  events("room.7", 3, 4)
  assert.deepEqual(told, [2, 3, 4])
})

test("whoever waits for a replay does not take what comes before it for a hole", () => {
  listen("room.7", 1)
  events("room.7", 9)
  assert.deepEqual(asked, [["room.7", 1]])
})

test("a later hole is asked for as well", () => {
  listen("room.7", 1)
  say("subscribed", { head: 1, oldest: 1 })
  events("room.7", 3)
  say("subscribed", { head: 3, oldest: 1 })
  events("room.7", 4)
  assert.deepEqual(asked.slice(1), [["room.7", 1], ["room.7", 1]])
})

test("the lowest position of all is what a stream is needed from", () => {
  listen("room.7", 5)
  listen("room.7", 3)
  listen("inbox.3", 1)
  assert.deepEqual(Object.fromEntries(subscribers.positions()), { "room.7": 3, "inbox.3": 1 })
})

test("a stream is dropped with its last subscriber", () => {
  const [one, two] = [listen("room.7", 5), listen("room.7", 5)]
  one.stop()
  one.stop()
  assert.deepEqual(asked.length, 2)
  two.stop()
  assert.deepEqual(asked.at(-1), ["room.7", "drop"])
})

test("all that is kept begins with the oldest that is kept", () => {
  const { told } = listen("room.7", 0)
  say("subscribed", { head: 41, oldest: 40 })
  events("room.7", 40, 41)
  assert.deepEqual(told, ["subscribed", 40, 41])
})

test("a truncated stream is reset for those it concerns and asked for again for the others", () => {
  const [lost, fine] = [listen("room.7", 3), listen("room.7", 50)]
  say("reset", { reason: "truncated", head: 60, oldest: 40 })
  assert.deepEqual(lost.told, ["reset"])
  assert.deepEqual(fine.told, [])
  assert.deepEqual(asked.at(-1), ["room.7", 50])
  events("room.7", 51)
  assert.deepEqual(lost.told, ["reset"])
  assert.deepEqual(fine.told, [51])
})

test("positions ahead of the log are reset", () => {
  const [lost, fine] = [listen("room.7", 70), listen("room.7", 60)]
  say("reset", { reason: "ahead", head: 60, oldest: 1 })
  assert.deepEqual([lost.told, fine.told], [["reset"], []])
})

test("another epoch resets whoever has handled anything under the old one", () => {
  const [lost, fresh] = [listen("room.7", 3), listen("room.8", 0)]
  assert.ok(subscribers.adopt("two"))
  assert.deepEqual([lost.told, fresh.told], [["reset"], []])
  assert.ok(!subscribers.adopt("two"))
})

test("the first epoch heard of resets nobody", () => {
  subscribers = new Subscribers({ epoch: null, want() {}, drop() {} })
  const { told } = listen("room.7", 3)
  assert.ok(!subscribers.adopt("one"))
  assert.deepEqual(told, [])
})

test("after revoked and denied nothing more comes, and the stream is dropped", () => {
  for (const what of ["revoked", "denied"]) {
    const { told, stop } = listen("room.7", 0)
    say(what, { reason: "forbidden" })
    events("room.7", 1)
    assert.deepEqual(told, [what])
    assert.deepEqual(asked.at(-1), ["room.7", "drop"])
    stop()
  }
})

test("a stream over the limit goes on when there is room", () => {
  const { told } = listen("room.7", 0)
  say("denied", { reason: "limit" })
  events("room.7", 1)
  assert.deepEqual(told, ["denied", 1])
})

test("what is worth nothing tomorrow is told to all", () => {
  const { told } = listen("room.7", 5)
  say("typing.started")
  assert.deepEqual(told, ["ephemeral"])
})

test("whoever is behind what others have seen asks for the rest", () => {
  listen("room.7", 5)
  listen("room.8", 5)
  listen("room.9", 5)
  asked.length = 0
  subscribers.compare(new Map([["room.7", 5], ["room.8", 9]]))
  assert.deepEqual(asked, [["room.8", 5], ["room.9", 5]])
})

test("a mistake in one handler is reported and does not keep others from their events", (t) => {
  const reported = mock.fn()
  globalThis.reportError = reported
  t.after(() => delete globalThis.reportError)
  subscribers.add("room.7", 0, { event() { throw new Error("a mistake") } })
  const { told } = listen("room.7", 0)
  events("room.7", 1)
  assert.deepEqual(told, [1])
  assert.equal(reported.mock.callCount(), 1)
})

test("a position must be a number", () => {
  for (const seq of [undefined, null, "3", -1, 1.5]) assert.throws(() => listen("room.7", seq), TypeError)
})
