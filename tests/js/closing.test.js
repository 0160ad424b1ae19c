import assert from "node:assert/strict"
import { test } from "node:test"

import {
  endOfItems, endOfResponse, politeWait, resumesAtOnce, saidByServer, stopReason,
} from "../../project/realtime/static/realtime/closing.js"

test("codes that say it is no use stop the client, and say why", () => {
  assert.equal(stopReason(4501), "unauthenticated")
  assert.equal(stopReason(4513), "refused")
  assert.equal(stopReason(4515), "protocol")
  assert.equal(stopReason(4555), "protocol")
})

test("all other codes come back", () => {
  for (const code of [1000, 1001, 1006, 1011, 1012, 4000, 4400, 4408, 4429, 4503]) assert.equal(stopReason(code), null)
})

test("only one that fell behind comes back at once", () => {
  assert.ok(resumesAtOnce(4400))
  for (const code of [1006, 1012, 4408, 4429, 4503]) assert.ok(!resumesAtOnce(code))
})

test("what the server said itself is no fault of the transport", () => {
  for (const code of [1012, 4429, 4503, 4400]) assert.ok(saidByServer(code))
  for (const code of [1000, 1006, 1011]) assert.ok(!saidByServer(code))
})

test("a wait that the server asks for is never shortened", () => {
  assert.equal(politeWait(0.8, () => 0), 800)
  assert.equal(politeWait(0.8, () => 1), 1000)
})

test("statuses say the same as close codes", () => {
  const end = (status, headers) => endOfResponse(new Response(null, { status, headers }))
  assert.deepEqual(end(401), { code: 4501 })
  assert.deepEqual(end(403), { code: 4513 })
  assert.deepEqual(end(429, { "Retry-After": "10" }), { code: 4429, retryAfter: 10 })
  assert.deepEqual(end(503, { "Retry-After": "2" }), { code: 4503, retryAfter: 2 })
  assert.deepEqual(end(502), { code: 1006 })
})

test("a goodbye among the items says why the answer ends", () => {
  assert.equal(endOfItems([{ type: "hello" }]), null)
  assert.equal(endOfItems([{ type: "bye", reason: "session_ended" }]).code, 4501)
  assert.deepEqual(endOfItems([{ type: "bye", reason: "server_restart", retry_after: 0.8 }]), { code: 1012, retryAfter: 0.8 })
  assert.equal(endOfItems([{ type: "bye", reason: "something new" }]).code, 4503)
})
