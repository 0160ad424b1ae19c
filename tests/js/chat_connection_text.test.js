import assert from "node:assert/strict"
import { test } from "node:test"

import { times } from "../../project/static/project/times.js"
import "./support/vendor.js"

const { connectionText } = await import("../../chat/static/chat/connection_text.js")

const NOW = Date.parse("2026-01-01T10:50:00Z")
const state = (changes) => ({ phase: "live", transport: "websocket", retryAt: null, staleSince: null, ...changes })
const text = (changes, waiting = 0) => connectionText(state(changes), waiting, NOW).text

test("a live connection says so, and by which way if not the usual one", () => {
  assert.equal(text({}), "Live")
  assert.equal(text({ transport: "sse" }), "Live over SSE")
  assert.equal(text({ transport: "longpoll" }), "Live over long-poll")
})

test("a wait is counted down in whole seconds", () => {
  assert.equal(text({ phase: "reconnecting", retryAt: NOW + 2_400 }), "Reconnecting in 3 s")
  assert.equal(text({ phase: "reconnecting", retryAt: NOW - 10 }), "Reconnecting…")
})

test("what has been missing for long says since when", () => {
  const since = NOW - 480_000
  assert.equal(
    text({ phase: "reconnecting", retryAt: NOW + 5_000, staleSince: since }),
    `Stale since ${times.clock(since)}, retrying in 5 s`,
  )
  assert.equal(text({ phase: "offline", staleSince: since }), `Offline since ${times.clock(since)}`)
})

test("messages that wait are counted", () => {
  assert.equal(text({ phase: "offline" }, 1), "Offline, 1 message waiting")
  assert.equal(text({ phase: "reconnecting", retryAt: NOW + 3_000 }, 2), "Reconnecting in 3 s, 2 messages waiting")
  assert.equal(text({}, 2), "Live, sending 2 messages")
})

test("a connection that must not come back says why", () => {
  assert.equal(text({ phase: "stopped", reason: "unauthenticated" }), "Signed out. Sign in again")
})
