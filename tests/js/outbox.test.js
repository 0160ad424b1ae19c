import assert from "node:assert/strict"
import { once } from "node:events"
import { afterEach, beforeEach, test } from "node:test"

import { IDBFactory } from "fake-indexeddb"
import "fake-indexeddb/auto"
import { Clock } from "./support/clock.js"
import { Locks } from "./support/locks.js"
import { Server } from "./support/server.js"
import { Browser } from "./support/tab.js"
import "./support/vendor.js"

const { Outbox } = await import("../../project/realtime/static/realtime/outbox.js")

let browser
let clock
let outboxes
let server

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  server = await new Server().start()
  server.commands.set("message.send", store)
  browser = new Browser({ server, locks: new Locks() })
  outboxes = []
})

afterEach(async () => {
  clock?.restore()
  for (const outbox of outboxes) outbox.close()
  browser.close()
  await server.stop()
})

/** What the server has taken: each message once, known by its client_id. */
function store({ room, body, client_id: id }) {
  server.messages ??= []
  const known = server.messages.find((message) => message.id === id)
  if (known) return known
  const message = { id, room, body, seq: server.log.append(`room.${room}`, "message.created").seq }
  server.messages.push(message)
  return message
}

/** A tab with its outbox. */
async function openOutbox({ connected = true, user = browser.user, ...options } = {}) {
  const tab = browser.openTab(options)
  const outbox = new Outbox({ live: tab.live, user, browser: tab.environment })
  outboxes.push(outbox)
  await outbox.open()
  if (connected) await tab.connect().state({ phase: "live" })
  return { tab, outbox }
}

const write = (outbox, body, room = 7) => outbox.add("message.send", { room, body })
const bodies = (outbox) => outbox.entries().map(({ data }) => data.body)
const statuses = (outbox) => outbox.entries().map(({ status }) => status)
const taken = () => (server.messages ?? []).map(({ body }) => body)

/** Resolves once the outbox is like this. */
async function until(outbox, matches) {
  while (!matches()) await once(outbox, "change")
}

const empty = (outbox) => until(outbox, () => outbox.entries().length === 0)
const refused = (outbox) => until(outbox, () => statuses(outbox).includes("refused"))

test("what is written is sent, and told when the server took it", async () => {
  const { outbox } = await openOutbox()
  const sent = once(outbox, "sent")
  const entry = await write(outbox, "Hello")
  assert.deepEqual([entry.command, entry.data, entry.error], ["message.send", { room: 7, body: "Hello" }, null])
  const [{ detail }] = await sent
  assert.equal(detail.entry.clientId, entry.clientId)
  assert.equal(detail.data.seq, 1)
  await empty(outbox)
  assert.deepEqual(taken(), ["Hello"])
})

test("what is written while there is no connection waits, and is sent in order on return", async () => {
  const { tab, outbox } = await openOutbox({ connected: false })
  for (const body of ["one", "two", "three"]) await write(outbox, body)
  assert.deepEqual(statuses(outbox), ["pending", "pending", "pending"])
  assert.equal(server.count("command"), 0)
  tab.connect()
  await empty(outbox)
  assert.deepEqual(taken(), ["one", "two", "three"])
})

test("the next is sent only when the outcome of the one before is known", async () => {
  let answer
  server.commands.set("message.send", (data) => new Promise((resolve) => (answer = () => resolve(store(data)))))
  const { outbox } = await openOutbox()
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
  server.commands.set("message.send", (data) => (data.room === 7 ? new Promise(() => {}) : store(data)))
  const { outbox } = await openOutbox()
  await write(outbox, "stuck", 7)
  await write(outbox, "free", 8)
  await until(outbox, () => bodies(outbox).join() === "stuck")
  assert.deepEqual(taken(), ["free"])
})

test("after a reload what was waiting is still there, and is sent once", async () => {
  const first = await openOutbox({ connected: false })
  await write(first.outbox, "one")
  first.outbox.close()
  first.tab.crash()
  const { tab, outbox } = await openOutbox({ connected: false })
  assert.deepEqual(bodies(outbox), ["one"])
  tab.connect()
  await empty(outbox)
  assert.deepEqual(taken(), ["one"])
})

test("a tab that crashes before it hears the answer leaves the message to another, and it is taken once", async () => {
  server.commands.set("message.send", (data) => void store(data))
  const { tab, outbox } = await openOutbox()
  await write(outbox, "one")
  await server.saw("command")
  outbox.close()
  tab.crash()
  server.commands.set("message.send", store)
  const other = await openOutbox()
  await empty(other.outbox)
  assert.deepEqual(taken(), ["one"])
})

test("an answer that is lost with the connection is asked for again, and the message is taken once", async () => {
  server.commands.set("message.send", (data) => void store(data))
  const { outbox } = await openOutbox()
  await write(outbox, "one")
  await write(outbox, "two")
  await server.saw("command")
  server.commands.set("message.send", store)
  server.cutAll()
  await empty(outbox)
  assert.deepEqual(taken(), ["one", "two"])
})

test("several tabs send what any of them holds, one at a time and in order", async () => {
  const { outbox } = await openOutbox()
  const others = [await openOutbox(), await openOutbox()]
  let underWay = 0
  server.commands.set("message.send", async (data) => {
    underWay += 1
    assert.equal(underWay, 1)
    await new Promise((resolve) => setImmediate(resolve))
    underWay -= 1
    return store(data)
  })
  const written = []
  for (const one of [outbox, ...others.map((other) => other.outbox), outbox]) {
    written.push(`message ${written.length}`)
    await write(one, written.at(-1))
  }
  for (const one of outboxes) await empty(one)
  assert.deepEqual(taken(), written)
})

test("every tab sees what waits, and hears when it is sent", async () => {
  const here = await openOutbox({ connected: false })
  const there = await openOutbox({ connected: false })
  await write(here.outbox, "one")
  await until(there.outbox, () => bodies(there.outbox).join() === "one")
  const heard = Promise.all([once(here.outbox, "sent"), once(there.outbox, "sent")])
  here.tab.connect()
  for (const [{ detail }] of await heard) assert.equal(detail.data.body, "one")
  await Promise.all([empty(here.outbox), empty(there.outbox)])
})

test("a refused message says why and does not hold up the next", async () => {
  server.commands.set("message.send", (data) => {
    if (data.body === "bad") throw { code: "invalid", message: "Not like this.", fields: { body: "Not like this." } }
    return store(data)
  })
  const { outbox } = await openOutbox()
  await write(outbox, "bad")
  await write(outbox, "good")
  await until(outbox, () => bodies(outbox).join() === "bad" && statuses(outbox)[0] === "refused")
  assert.deepEqual(outbox.entries()[0].error, { code: "invalid", message: "Not like this.", fields: { body: "Not like this." } })
  assert.deepEqual(taken(), ["good"])
})

test("a refused message can be changed and sent again, also after a reload", async () => {
  server.commands.set("message.send", () => { throw { code: "invalid" } })
  const first = await openOutbox()
  const { clientId } = await write(first.outbox, "bad")
  await refused(first.outbox)
  first.outbox.close()
  first.tab.crash()
  server.commands.set("message.send", store)
  const { outbox } = await openOutbox()
  assert.deepEqual(statuses(outbox), ["refused"])
  await outbox.retry(clientId, { body: "better" })
  await empty(outbox)
  assert.deepEqual(taken(), ["better"])
})

test("a refused message can be thrown away", async () => {
  server.commands.set("message.send", () => { throw { code: "forbidden" } })
  const { outbox } = await openOutbox()
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
    return store(data)
  })
  const { outbox } = await clock.until(openOutbox())
  await clock.until(write(outbox, "one"))
  await clock.until(write(outbox, "two"))
  await clock.until(server.saw("command"))
  await clock.until(until(outbox, () => statuses(outbox).join() === "pending,pending"))
  assert.equal(server.count("command"), 0)
  clock.tick(3000)
  await clock.until(empty(outbox))
  assert.deepEqual(taken(), ["one", "two"])
})

for (const code of ["unavailable", "internal"]) {
  test(`what is ${code} is tried again until it works`, async () => {
    let failures = 3
    server.commands.set("message.send", (data) => {
      if (failures-- > 0) throw { code }
      return store(data)
    })
    const { outbox } = await openOutbox()
    await write(outbox, "one")
    await empty(outbox)
    assert.deepEqual(taken(), ["one"])
  })
}

test("whoever is signed out is told, and what waits is sent after signing in again", async () => {
  server.commands.set("message.send", () => { throw { code: "unauthenticated" } })
  const { outbox } = await openOutbox()
  await write(outbox, "one")
  await until(outbox, () => outbox.signedOut)
  assert.deepEqual(statuses(outbox), ["pending"])
  server.commands.set("message.send", store)
  server.closeAll(1011)
  await empty(outbox)
  assert.ok(!outbox.signedOut)
})

test("somebody else on the same browser neither sees nor sends them", async () => {
  const first = await openOutbox({ connected: false })
  await write(first.outbox, "mine")
  first.tab.crash()
  const other = await openOutbox({ user: browser.user + 1000 })
  assert.deepEqual(other.outbox.entries(), [])
  await write(other.outbox, "theirs")
  await empty(other.outbox)
  assert.deepEqual(taken(), ["theirs"])
})

test("a tab that fell asleep while sending does not hold up the others", async () => {
  clock = new Clock()
  const asleep = await clock.until(openOutbox())
  asleep.tab.live.command = () => new Promise(() => {})
  await clock.until(write(asleep.outbox, "one"))
  await clock.until(until(asleep.outbox, () => statuses(asleep.outbox)[0] === "sending"))
  const { outbox } = await clock.until(openOutbox())
  asleep.tab.sleep()
  await clock.until(write(outbox, "two"))
  assert.deepEqual(taken(), [])
  await clock.pass(30_000)
  await clock.until(empty(outbox))
  assert.deepEqual(taken(), ["one", "two"])
})

test("without a database it works for as long as the tab lives", async () => {
  globalThis.indexedDB = { open() { throw new DOMException("Not in a private window.", "SecurityError") } }
  const { tab, outbox } = await openOutbox({ connected: false })
  assert.ok(!outbox.durable)
  await write(outbox, "one")
  tab.connect()
  await empty(outbox)
  assert.deepEqual(taken(), ["one"])
})

test("without locks each tab sends in order, and the server takes each message once", async () => {
  const tabs = [await openOutbox({ locks: undefined }), await openOutbox({ locks: undefined })]
  for (const body of ["one", "two", "three"]) await write(tabs[0].outbox, body)
  for (const { outbox } of tabs) await empty(outbox)
  assert.deepEqual(taken(), ["one", "two", "three"])
})
