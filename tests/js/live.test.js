import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Locks } from "./support/locks.js"
import { Server } from "./support/server.js"
import { Browser } from "./support/tab.js"

let server
let browser

beforeEach(async () => {
  server = await new Server().start()
  browser = new Browser({ server, locks: new Locks() })
})

afterEach(async () => {
  browser.close()
  await server.stop()
})

test("a subscriber gets what it missed and then what happens, in order", async () => {
  server.append("room.7")
  server.append("room.7")
  const tab = browser.openTab().connect()
  const reading = tab.read("room.7", 1)
  await reading.reached(2)
  server.append("room.7")
  await reading.reached(3)
  assert.deepEqual(reading.seqs, [2, 3])
})

test("two subscribers of one stream each go on from their own position", async () => {
  for (let i = 0; i < 5; i += 1) server.append("room.7")
  const tab = browser.openTab().connect()
  const late = await tab.read("room.7", 4).reached(5)
  const early = await tab.read("room.7", 1).reached(5)
  assert.deepEqual(late.seqs, [5])
  assert.deepEqual(early.seqs, [2, 3, 4, 5])
})

test("ten tabs share one connection", async () => {
  const tabs = Array.from({ length: 10 }, () => browser.openTab().connect())
  const readings = tabs.map((tab) => tab.read("room.7"))
  await Promise.all(tabs.map((tab) => tab.state({ phase: "live" })))
  server.append("room.7")
  await Promise.all(readings.map((reading) => reading.reached(1)))
  assert.equal(server.subscriptions.size, 1)
  assert.equal(tabs.filter((tab) => tab.live.state.leader).length, 1)
})

test("when the leading tab is gone, another goes on without a gap", async () => {
  const [first, second] = [browser.openTab().connect(), browser.openTab().connect()]
  await first.state({ leader: true, phase: "live" })
  const reading = second.read("room.7")
  server.append("room.7")
  await reading.reached(1)
  first.crash()
  server.append("room.7")
  server.append("room.7")
  await reading.reached(3)
  await second.state({ leader: true, phase: "live" })
  assert.deepEqual(reading.seqs, [1, 2, 3])
})
