import assert from "node:assert/strict"
import { test } from "node:test"

import { Unread } from "../../chat/static/chat/unread.js"

const ME = 3
const BOB = 5

function unread(counts = {}) {
  return new Unread({ read_seq: 10, unread: 2, mentions: 1, head: 20, ...counts }, ME)
}

function said(seq, { author = BOB, mentions = [], room = false } = {}) {
  return { type: "message.created", data: { seq, author: { id: author }, mentions, mentions_room: room, deleted_at: null } }
}

function deleted(seq) {
  return { type: "message.deleted", data: { seq, author: { id: BOB }, mentions: [], deleted_at: "2026-01-01T00:00:00Z" } }
}

test("what others say after the snapshot counts, what I say does not", () => {
  const room = unread()
  room.event(said(21))
  room.event(said(22, { author: ME }))
  assert.equal(room.unread, 3)
})

test("an event that the snapshot has counted already does not count again", () => {
  const room = unread()
  room.event(said(20))
  assert.equal(room.unread, 2)
})

test("mentions of me and of the room count as such", () => {
  const room = unread()
  room.event(said(21, { mentions: [ME] }))
  room.event(said(22, { room: true }))
  room.event(said(23, { mentions: [BOB] }))
  assert.deepEqual([room.unread, room.mentions], [5, 3])
})

test("a deleted message is not unread any more, whether the snapshot or an event had counted it", () => {
  const room = unread()
  room.event(said(21, { mentions: [ME] }))
  room.event(deleted(21))
  room.event(deleted(15))
  assert.deepEqual([room.unread, room.mentions], [1, 1])
})

test("deleting what has been read changes nothing", () => {
  const room = unread()
  room.event(deleted(9))
  assert.equal(room.unread, 2)
})

test("a count from another device leaves what came after its head", () => {
  const room = unread()
  room.event(said(21))
  room.event(said(23))
  room.count({ read_seq: 21, unread: 0, mentions: 0, head: 22 })
  assert.equal(room.unread, 1)
})

test("a count that is older than what has been read here is not believed", () => {
  const room = unread()
  room.count({ read_seq: 20, unread: 0, mentions: 0, head: 20 })
  room.count({ read_seq: 12, unread: 1, mentions: 0, head: 20 })
  assert.deepEqual([room.unread, room.readSeq], [0, 20])
})
