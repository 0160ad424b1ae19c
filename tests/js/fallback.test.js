import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Clock } from "./support/clock.js"
import { upTo } from "./support/seqs.js"
import { Server } from "./support/server.js"
import { better, Browser } from "./support/tab.js"

let browser
let clock
let server

beforeEach(async () => {
  server = await new Server().start()
  browser = new Browser({ server })
})

afterEach(async () => {
  clock?.restore()
  browser.close()
  await server.stop()
})

test("where nothing can be opened it goes through all transports and begins again", async () => {
  server.refused = new Set(["websocket", "sse", "longpoll"])
  browser.openTab().connect()
  const tries = []
  while (tries.length < 8) tries.push((await server.saw("connect")).transport)
  assert.deepEqual(tries, ["websocket", "websocket", "sse", "sse", "longpoll", "longpoll", "websocket", "websocket"])
})

test("without WebSocket in the browser it begins with server-sent events", async () => {
  const tab = browser.openTab({ WebSocket: undefined }).connect()
  await tab.state({ phase: "live", transport: "sse" })
  assert.equal(server.count("connect"), 1)
})

for (const transport of ["sse", "longpoll"]) {
  test(`from ${transport} it goes up again without losing or doubling anything`, async () => {
    clock = new Clock()
    server.refused = better(transport)
    const tab = browser.openTab().connect()
    const reading = tab.read("room.7")
    await clock.until(tab.state({ phase: "live", transport }))
    server.append("room.7", 3)
    await clock.until(reading.reached(3))
    const before = tab.states.length
    server.refused.clear()
    clock.tick(10_000)
    await tab.state({ transport: "websocket" })
    server.append("room.7", 3)
    await reading.reached(6)
    assert.deepEqual(reading.seqs, upTo(6))
    assert.ok(tab.states.slice(before).every(({ phase }) => phase === "live"))
  })
}

test("looking up in vain does not disturb what works", async () => {
  clock = new Clock()
  server.refused.add("websocket")
  const tab = browser.openTab().connect()
  const reading = tab.read("room.7")
  await clock.until(tab.state({ phase: "live", transport: "sse" }))
  while (server.count("connect")) await server.saw("connect")
  clock.tick(10_000)
  await server.saw("connect", ({ transport }) => transport === "websocket")
  server.append("room.7", 1)
  await reading.reached(1)
  assert.equal(tab.live.state.transport, "sse")
})

test("a handshake that gets no answer costs three seconds, and the next page none", async () => {
  clock = new Clock()
  server.swallowed.add("websocket")
  const tab = browser.openTab().connect()
  const reading = tab.read("room.7")
  await server.saw("connect", ({ transport }) => transport === "websocket")
  clock.tick(2_999)
  assert.equal(server.count("connect"), 0)
  clock.tick(1)
  await tab.state({ phase: "live", transport: "sse" })
  server.append("room.7", 2)
  assert.deepEqual((await reading.reached(2)).seqs, [1, 2])

  const next = browser.openTab().connect()
  await next.state({ phase: "live", transport: "sse" })
})

test("where server-sent events get no answer either, long-polling is next in the race", async () => {
  clock = new Clock()
  server.swallowed = new Set(["websocket", "sse"])
  const tab = browser.openTab().connect()
  await server.saw("connect")
  clock.tick(3_000)
  await server.saw("connect", ({ transport }) => transport === "sse")
  clock.tick(3_000)
  await tab.state({ phase: "live", transport: "longpoll" })
})

test("an answer that is only late wins the race against none", async () => {
  clock = new Clock()
  server.swallowed = new Set(["websocket", "sse"])
  const tab = browser.openTab().connect()
  await server.saw("connect")
  clock.tick(3_000)
  await server.saw("connect", ({ transport }) => transport === "sse")
  server.answerLate()
  await tab.state({ phase: "live", transport: "websocket" })
  clock.tick(3_000)
  assert.equal(server.count("connect"), 0)
})

test("what the page began with because it worked before is left for a better one that works", async () => {
  clock = new Clock()
  server.refused.add("websocket")
  await clock.until(browser.openTab().connect().state({ phase: "live", transport: "sse" }))
  server.refused.clear()
  const tab = browser.openTab().connect()
  await tab.state({ phase: "live", transport: "sse" })
  clock.tick(10_000)
  await tab.state({ phase: "live", transport: "websocket" })
  await browser.openTab().connect().state({ phase: "live", transport: "websocket" })
})
