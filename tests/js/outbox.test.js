import assert from "node:assert/strict"
import { once } from "node:events"
import { afterEach, beforeEach, test } from "node:test"

import { Clock } from "./support/clock.js"
import { Locks } from "./support/locks.js"
import { Outboxes, bodies, empty, refused, statuses, until, write } from "./support/outboxes.js"
import { Server } from "./support/server.js"
import { Browser } from "./support/tab.js"

let browser
let clock
let outboxes
let server

beforeEach(async () => {
  server = await new Server().start()
  browser = new Browser({ server, locks: new Locks() })
  outboxes = new Outboxes({ browser, server })
})

afterEach(async () => {
  clock?.restore()
  outboxes.close()
  browser.close()
  await server.stop()
})

test("what is written is sent, and told when the server took it", async () => {
  const { outbox } = await outboxes.open()
  const sent = once(outbox, "sent")
  const entry = await write(outbox, "Hello")
  assert.deepEqual([entry.command, entry.data, entry.error], ["message.send", { room: 7, body: "Hello" }, null])
  const [{ detail }] = await sent
  assert.equal(detail.entry.clientId, entry.clientId)
  assert.equal(detail.data.seq, 1)
  await empty(outbox)
  assert.deepEqual(outboxes.taken, ["Hello"])
})

test("what is written while there is no connection waits, and is sent in order on return", async () => {
  const { tab, outbox } = await outboxes.open({ connected: false })
  for (const body of ["one", "two", "three"]) await write(outbox, body)
  assert.deepEqual(statuses(outbox), ["pending", "pending", "pending"])
  assert.equal(server.count("command"), 0)
  tab.connect()
  await empty(outbox)
  assert.deepEqual(outboxes.taken, ["one", "two", "three"])
})

test("the next is sent only when the outcome of the one before is known", async () => {
  let answer
  server.commands.set("message.send", (data) => new Promise((resolve) => (answer = () => resolve(outboxes.store(data)))))
  const { outbox } = await outboxes.open()
  await write(outbox, "one")
  await write(outbox, "two")
  await server.saw("command")
  assert.deepEqual(statuses(outbox), ["sending", "pending"])
  assert.equal(server.count("command"), 0)
  answer()
  await server.saw("command")
  answer()
  await empty(outbox)
})

test("rooms do not wait for each other", async () => {
  server.commands.set("message.send", (data) => (data.room === 7 ? new Promise(() => {}) : outboxes.store(data)))
  const { outbox } = await outboxes.open()
  await write(outbox, "stuck", 7)
  await write(outbox, "free", 8)
  await until(outbox, () => bodies(outbox).join() === "stuck")
  assert.deepEqual(outboxes.taken, ["free"])
})

test("an answer that is lost with the connection is asked for again, and the message is taken once", async () => {
  server.commands.set("message.send", (data) => void outboxes.store(data))
  const { outbox } = await outboxes.open()
  await write(outbox, "one")
  await write(outbox, "two")
  await server.saw("command")
  server.commands.set("message.send", outboxes.store)
  server.cutAll()
  await empty(outbox)
  assert.deepEqual(outboxes.taken, ["one", "two"])
})

test("a refused message says why and does not hold up the next", async () => {
  server.commands.set("message.send", (data) => {
    if (data.body === "bad") throw { code: "invalid", message: "Not like this.", fields: { body: "Not like this." } }
    return outboxes.store(data)
  })
  const { outbox } = await outboxes.open()
  await write(outbox, "bad")
  await write(outbox, "good")
  await until(outbox, () => bodies(outbox).join() === "bad" && statuses(outbox)[0] === "refused")
  assert.deepEqual(outbox.entries()[0].error, { code: "invalid", message: "Not like this.", fields: { body: "Not like this." } })
  assert.deepEqual(outboxes.taken, ["good"])
})

test("a refused message can be changed and sent again, also after a reload", async () => {
  server.commands.set("message.send", () => { throw { code: "invalid" } })
  const first = await outboxes.open()
  const { clientId } = await write(first.outbox, "bad")
  await refused(first.outbox)
  first.outbox.close()
  first.tab.crash()
  server.commands.set("message.send", outboxes.store)
  const { outbox } = await outboxes.open()
  assert.deepEqual(statuses(outbox), ["refused"])
  await outbox.retry(clientId, { body: "better" })
  await empty(outbox)
  assert.deepEqual(outboxes.taken, ["better"])
})

test("a refused message can be thrown away", async () => {
  server.commands.set("message.send", () => { throw { code: "forbidden" } })
  const { outbox } = await outboxes.open()
  const { clientId } = await write(outbox, "bad")
  await refused(outbox)
  await outbox.discard(clientId)
  assert.deepEqual(outbox.entries(), [])
})

test("too many at once wait as long as the server says, and the order holds", async () => {
  clock = new Clock()
  let refusals = 1
  server.commands.set("message.send", (data) => {
    if (refusals-- > 0) throw { code: "rate_limited", retry_after: 3 }
    return outboxes.store(data)
  })
  const { outbox } = await clock.until(outboxes.open())
  await clock.until(write(outbox, "one"))
  await clock.until(write(outbox, "two"))
  await clock.until(server.saw("command"))
  await clock.until(until(outbox, () => statuses(outbox).join() === "pending,pending"))
  assert.equal(server.count("command"), 0)
  clock.tick(3000)
  await clock.until(empty(outbox))
  assert.deepEqual(outboxes.taken, ["one", "two"])
})

for (const code of ["unavailable", "internal"]) {
  test(`what is ${code} is tried again until it works`, async () => {
    let failures = 3
    server.commands.set("message.send", (data) => {
      if (failures-- > 0) throw { code }
      return outboxes.store(data)
    })
    const { outbox } = await outboxes.open()
    await write(outbox, "one")
    await empty(outbox)
    assert.deepEqual(outboxes.taken, ["one"])
  })
}

test("whoever is signed out is told, and what waits is sent after signing in again", async () => {
  server.commands.set("message.send", () => { throw { code: "unauthenticated" } })
  const { outbox } = await outboxes.open()
  await write(outbox, "one")
  await until(outbox, () => outbox.signedOut)
  assert.deepEqual(statuses(outbox), ["pending"])
  server.commands.set("message.send", outboxes.store)
  server.closeAll(1011)
  await empty(outbox)
  assert.ok(!outbox.signedOut)
})

test("without a database it works for as long as the tab lives", async () => {
  globalThis.indexedDB = { open() { throw new DOMException("Not in a private window.", "SecurityError") } }
  const { tab, outbox } = await outboxes.open({ connected: false })
  assert.ok(!outbox.durable)
  await write(outbox, "one")
  tab.connect()
  await empty(outbox)
  assert.deepEqual(outboxes.taken, ["one"])
})
