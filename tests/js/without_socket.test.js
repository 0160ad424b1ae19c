import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Locks } from "./support/locks.js"
import { upTo } from "./support/seqs.js"
import { Server } from "./support/server.js"
import { Browser } from "./support/tab.js"

const PLAIN = { socket: false }

let browser
let server

beforeEach(async () => {
  server = await new Server().start()
  browser = new Browser({ server, locks: new Locks() })
})

afterEach(async () => {
  browser.close()
  await server.stop()
})

test("a page that is not worth a WebSocket begins with server-sent events", async () => {
  const tab = browser.openTab(PLAIN).connect()
  await tab.state({ phase: "live", transport: "sse" })
  assert.equal((await server.saw("connect")).transport, "sse")
  assert.equal(server.count("connect"), 0)
})

test("where these are refused it goes on by long-poll", async () => {
  server.refused = new Set(["sse"])
  await browser.openTab(PLAIN).connect().state({ phase: "live", transport: "longpoll" })
  const tried = []
  while (server.count("connect")) tried.push((await server.saw("connect")).transport)
  assert.deepEqual([...new Set(tried)], ["sse", "longpoll"])
})

test("what worked for it does not keep the next page from its WebSocket", async () => {
  const plain = browser.openTab(PLAIN).connect()
  await plain.state({ phase: "live", transport: "sse" })
  plain.crash()
  await browser.openTab().connect().state({ phase: "live", transport: "websocket" })
})

test("ten such pages share one stream", async () => {
  const tabs = Array.from({ length: 10 }, () => browser.openTab(PLAIN).connect())
  const readings = tabs.map((tab) => tab.read("inbox.3"))
  await Promise.all(tabs.map((tab) => tab.state({ phase: "live", transport: "sse" })))
  server.append("inbox.3")
  await Promise.all(readings.map((reading) => reading.reached(1)))
  assert.equal(server.subscriptions.size, 1)
})

test("a page that is worth a WebSocket takes the lead from one that is not, and nobody misses anything", async () => {
  const plain = browser.openTab(PLAIN).connect()
  await plain.state({ leader: true, transport: "sse" })
  const before = plain.read("inbox.3")
  server.append("inbox.3", 2)
  await before.reached(2)

  const chat = browser.openTab().connect()
  const room = chat.read("room.7")
  await chat.state({ leader: true, phase: "live", transport: "websocket" })
  await plain.state({ leader: false, transport: "websocket" })
  server.append("inbox.3")
  server.append("room.7")
  await Promise.all([before.reached(3), room.reached(1)])
  assert.deepEqual(before.seqs, upTo(3))
  assert.equal(server.subscriptions.size, 1)
})

test("of two pages that are worth one, the second leaves the lead to the first", async () => {
  const [plain, ...chats] = [browser.openTab(PLAIN), browser.openTab(), browser.openTab()].map((tab) => tab.connect())
  await Promise.all([plain, ...chats].map((tab) => tab.state({ phase: "live", transport: "websocket" })))
  assert.equal(chats.filter((tab) => tab.live.state.leader).length, 1)
  assert.equal(plain.live.state.leader, false)
})

test("when the last page with a WebSocket is gone, the others go on without", async () => {
  const chat = browser.openTab().connect()
  await chat.state({ leader: true, transport: "websocket" })
  const plain = browser.openTab(PLAIN).connect()
  const reading = plain.read("inbox.3")
  server.append("inbox.3")
  await reading.reached(1)
  chat.crash()
  server.append("inbox.3")
  await plain.state({ leader: true, phase: "live", transport: "sse" })
  await reading.reached(2)
  assert.deepEqual(reading.seqs, [1, 2])
})
