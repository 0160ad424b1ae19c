import assert from "node:assert/strict"
import { once } from "node:events"
import { afterEach, beforeEach, test } from "node:test"

import { Clock } from "./support/clock.js"
import { Locks } from "./support/locks.js"
import { Outboxes, bodies, empty, statuses, until, write } from "./support/outboxes.js"
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

test("after a reload what was waiting is still there, and is sent once", async () => {
  const first = await outboxes.open({ connected: false })
  await write(first.outbox, "one")
  first.outbox.close()
  first.tab.crash()
  const { tab, outbox } = await outboxes.open({ connected: false })
  assert.deepEqual(bodies(outbox), ["one"])
  tab.connect()
  await empty(outbox)
  assert.deepEqual(outboxes.taken, ["one"])
})

test("a tab that crashes before it hears the answer leaves the message to another, and it is taken once", async () => {
  server.commands.set("message.send", (data) => void outboxes.store(data))
  const { tab, outbox } = await outboxes.open()
  await write(outbox, "one")
  await server.saw("command")
  outbox.close()
  tab.crash()
  server.commands.set("message.send", outboxes.store)
  const other = await outboxes.open()
  await empty(other.outbox)
  assert.deepEqual(outboxes.taken, ["one"])
})

test("several tabs send what any of them holds, one at a time and in order", async () => {
  const all = []
  for (let tabs = 0; tabs < 3; tabs += 1) all.push((await outboxes.open()).outbox)
  let underWay = 0
  server.commands.set("message.send", async (data) => {
    underWay += 1
    assert.equal(underWay, 1)
    await new Promise((resolve) => setImmediate(resolve))
    underWay -= 1
    return outboxes.store(data)
  })
  const written = []
  for (const one of [...all, all[0]]) {
    written.push(`message ${written.length}`)
    await write(one, written.at(-1))
  }
  for (const one of all) await empty(one)
  assert.deepEqual(outboxes.taken, written)
})

test("every tab sees what waits, and hears when it is sent", async () => {
  const here = await outboxes.open({ connected: false })
  const there = await outboxes.open({ connected: false })
  await write(here.outbox, "one")
  await until(there.outbox, () => bodies(there.outbox).join() === "one")
  const heard = Promise.all([once(here.outbox, "sent"), once(there.outbox, "sent")])
  here.tab.connect()
  for (const [{ detail }] of await heard) assert.equal(detail.data.body, "one")
  await Promise.all([empty(here.outbox), empty(there.outbox)])
})

test("somebody else on the same browser neither sees nor sends them", async () => {
  const first = await outboxes.open({ connected: false })
  await write(first.outbox, "mine")
  first.tab.crash()
  const other = await outboxes.open({ user: browser.user + 1000 })
  assert.deepEqual(other.outbox.entries(), [])
  await write(other.outbox, "theirs")
  await empty(other.outbox)
  assert.deepEqual(outboxes.taken, ["theirs"])
})

test("a tab that fell asleep while sending does not hold up the others", async () => {
  clock = new Clock()
  const asleep = await clock.until(outboxes.open())
  asleep.tab.live.command = () => new Promise(() => {})
  await clock.until(write(asleep.outbox, "one"))
  await clock.until(until(asleep.outbox, () => statuses(asleep.outbox)[0] === "sending"))
  const { outbox } = await clock.until(outboxes.open())
  asleep.tab.sleep()
  await clock.until(write(outbox, "two"))
  assert.deepEqual(outboxes.taken, [])
  await clock.pass(30_000)
  await clock.until(empty(outbox))
  assert.deepEqual(outboxes.taken, ["one", "two"])
})

test("without locks each tab sends in order, and the server takes each message once", async () => {
  const tabs = [await outboxes.open({ locks: undefined }), await outboxes.open({ locks: undefined })]
  for (const body of ["one", "two", "three"]) await write(tabs[0].outbox, body)
  for (const { outbox } of tabs) await empty(outbox)
  assert.deepEqual(outboxes.taken, ["one", "two", "three"])
})
