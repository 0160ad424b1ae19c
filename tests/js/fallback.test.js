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
