import assert from "node:assert/strict"
import { test } from "node:test"

import { findEmoji } from "../../chat/static/chat/emoji.js"
import { matching } from "../../chat/static/chat/matching.js"
import { times } from "../../project/static/project/times.js"

const find = (names, text) => matching(names, text, (name) => [name])

test("a beginning of the name comes before a beginning of a word, and that before letters inside", () => {
  assert.deepEqual(find(["bandana", "Mary Ann", "Anna", "Bob"], "an"), ["Anna", "Mary Ann", "bandana"])
})

test("accents and capitals make no difference", () => {
  assert.deepEqual(find(["Tomás", "Élodie"], "tomas"), ["Tomás"])
  assert.deepEqual(find(["Tomás", "Élodie"], "elo"), ["Élodie"])
})

test("nothing typed finds everything, in its own order", () => {
  assert.deepEqual(find(["b", "a"], " "), ["b", "a"])
})

test("emoji are found by all the words typed, beginnings first", () => {
  assert.equal(findEmoji("rocket")[0].char, "🚀")
  assert.equal(findEmoji("thumbs do")[0].char, "👎")
  assert.deepEqual(findEmoji("no such thing"), [])
})

test("days are named as people name them", () => {
  const now = Date.parse("2026-03-02T12:00:00")
  assert.equal(times.dayName("2026-03-02T08:00:00", now), "Today")
  assert.equal(times.dayName("2026-03-01T23:00:00", now), "Yesterday")
  assert.match(times.dayName("2025-03-01T23:00:00", now), /2025/)
  assert.doesNotMatch(times.dayName("2026-02-01T23:00:00", now), /2026/)
})
