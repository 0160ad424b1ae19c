import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"

import { Followed } from "../../project/realtime/static/realtime/followed.js"

let followed

beforeEach(() => {
  followed = new Followed()
})

const served = (stream, { head = 100, oldest = 1 } = {}) => followed.subscribed({ type: "subscribed", stream, head, oldest })
const events = (stream, ...seqs) => seqs.map((seq) => followed.event({ stream, seq }))
const cursor = () => Object.fromEntries(followed.positions())

test("events count one after the other, each once", () => {
  assert.ok(followed.want("room.7", 3))
  assert.equal(served("room.7"), "served")
  assert.deepEqual(events("room.7", 4, 5, 5, 3, 6), ["next", "next", "known", "known", "next"])
  assert.deepEqual(cursor(), { "room.7": 6 })
})

test("a missing event is noticed", () => {
  followed.want("room.7", 3)
  served("room.7")
  assert.deepEqual(events("room.7", 5), ["gap"])
})

test("events that come before the answer belong to an earlier question", () => {
  followed.want("room.7", 3)
  assert.deepEqual(events("room.7", 4), ["known"])
  served("room.7")
  assert.deepEqual(events("room.7", 4), ["next"])
})

test("somebody further behind has the server asked again from there", () => {
  followed.want("room.7", 50)
  served("room.7")
  assert.ok(followed.want("room.7", 20))
  assert.deepEqual(events("room.7", 51), ["known"])
  assert.equal(served("room.7"), "served")
  assert.deepEqual(events("room.7", 21), ["next"])
})

test("somebody further ahead needs no new question", () => {
  followed.want("room.7", 50)
  served("room.7")
  assert.ok(!followed.want("room.7", 60))
})

test("while a question is under way no second one is asked, but after it", () => {
  followed.want("room.7", 50)
  assert.ok(!followed.want("room.7", 20))
  assert.ok(!followed.want("room.7", 30))
  assert.equal(served("room.7"), "again")
  assert.deepEqual(cursor(), { "room.7": 20 })
  assert.equal(served("room.7"), "served")
})

test("what is dropped while asked for is unwanted when the answer comes", () => {
  followed.want("room.7", 50)
  assert.ok(!followed.drop("room.7"))
  assert.deepEqual(cursor(), {})
  assert.equal(served("room.7"), "unwanted")
  assert.ok(!followed.has("room.7"))
})

test("what is dropped and wanted again while asked for is served", () => {
  followed.want("room.7", 50)
  followed.drop("room.7")
  followed.want("room.7", 60)
  assert.equal(served("room.7"), "served")
})

test("what is dropped before the server was asked is forgotten, and asked for when it is wanted again", () => {
  followed.want("room.7", 50)
  followed.want("room.8", 50)
  followed.drop("room.7")
  followed.drop("room.8")
  assert.deepEqual(followed.forgetDropped(["room.7"]), ["room.7"])
  assert.ok(followed.want("room.7", 50))
  assert.ok(!followed.want("room.8", 50))
})

test("what is dropped later is told to the server", () => {
  followed.want("room.7", 50)
  served("room.7")
  assert.ok(followed.drop("room.7"))
  assert.ok(!followed.drop("room.7"))
})

test("a new connection asks for everything that is still wanted, from where it is", () => {
  followed.want("room.7", 50)
  served("room.7")
  events("room.7", 51)
  followed.want("room.8", 5)
  followed.want("room.8", 2)
  followed.want("room.9", 1)
  followed.drop("room.9")
  followed.askAll()
  assert.deepEqual(cursor(), { "room.7": 51, "room.8": 2 })
  assert.deepEqual(events("room.7", 52), ["known"])
})

test("all that is kept begins with the oldest that is kept", () => {
  followed.want("room.7", 0)
  served("room.7", { oldest: 40 })
  assert.deepEqual(events("room.7", 40), ["next"])
})

test("a stream over the limit is left out, and asked for again on the next connection", () => {
  followed.want("room.7", 1)
  assert.ok(followed.refuse("room.7"))
  assert.deepEqual(cursor(), {})
  followed.askAll()
  assert.deepEqual(cursor(), { "room.7": 1 })
})

test("a stream over the limit is asked for again when somebody opens it anew, before all others", () => {
  followed.want("room.7", 1)
  followed.want("room.8", 1)
  followed.refuse("room.7")
  assert.ok(followed.want("room.7", 1))
  assert.deepEqual(Object.keys(cursor()), ["room.7", "room.8"])
})

test("a stream that has ended is no longer followed", () => {
  followed.want("room.7", 1)
  assert.ok(followed.end("room.7"))
  assert.ok(!followed.end("room.7"))
  assert.deepEqual(cursor(), {})
})

test("the standing of a served stream is known without asking, with its head as it is now", () => {
  followed.want("room.7", 9)
  assert.equal(followed.standing("room.7"), null)
  served("room.7", { head: 9 })
  events("room.7", 10)
  assert.deepEqual(followed.standing("room.7"), { type: "subscribed", stream: "room.7", head: 10, oldest: 1 })
})
