import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Clock } from "./support/clock.js"
import { upTo } from "./support/seqs.js"
import { Server } from "./support/server.js"
import { Browser } from "./support/tab.js"

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

test("a server that restarts says when to come back", async () => {
  const tab = await browser.openTabOver("websocket")
  const before = Date.now()
  server.closeAll(1012, "server_restart", 5)
  const state = await tab.state({ phase: "reconnecting", reason: "server_restart" })
  assert.ok(state.retryAt >= before + 5000)
  assert.equal(tab.live.state.transport, null)
})

test("while it is not connected it says since when nothing can have arrived", async () => {
  const tab = await browser.openTabOver("websocket", { random: () => 1 })
  const before = Date.now()
  server.cutAll()
  const { staleSince } = await tab.state({ phase: "reconnecting" })
  assert.ok(staleSince >= before && staleSince <= Date.now())
})

test("a session that ends stops the page", async () => {
  const tab = await browser.openTabOver("websocket")
  server.closeAll(4501, "session_ended")
  await tab.state({ phase: "stopped", reason: "unauthenticated" })
})

test("whoever fell behind resumes at once", async () => {
  const tab = await browser.openTabOver("websocket", { random: () => 1 })
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.closeAll(4400)
  server.append("room.7", 1)
  await reading.reached(1)
})

test("other ends are followed by a wait that grows", async () => {
  server.turnAway = { code: 4503, status: 503, reason: "unavailable" }
  const tab = browser.openTab({ random: () => 0.02 }).connect()
  for (let times = 0; times < 4; times += 1) await server.saw("connect")
  await tab.state({ phase: "reconnecting" })
  const waits = tab.states.filter(({ retryAt }) => retryAt !== null)
  assert.ok(waits.length >= 3)
  assert.equal(waits.at(-1).reason, "unavailable")
})

test("everything handled is acknowledged", async () => {
  const tab = await browser.openTabOver("websocket")
  const reading = tab.read("room.7")
  server.append("room.7", 40)
  await reading.reached(40)
  const acks = []
  while (!acks.some((cursor) => cursor.endsWith("room.7:40"))) {
    acks.push((await server.saw("frame", ({ frame }) => frame.type === "ack")).frame.cursor)
  }
  assert.ok(acks[0].startsWith("epoch1/room.7:"))
})

test("a subscriber that stops has the server told", async () => {
  const tab = await browser.openTabOver("websocket")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  reading.stop()
  const { frame } = await server.saw("frame", ({ frame }) => frame.type === "unsubscribe")
  assert.deepEqual(frame.streams, ["room.7"])
})

test("many streams wanted in one go are asked for in one frame", async () => {
  const tab = await browser.openTabOver("websocket")
  await server.saw("subscribe")
  for (const n of upTo(30)) tab.read(`room.${n}`)
  assert.equal((await server.saw("subscribe")).positions.size, 30)
})

test("a subscription that is refused for its rate is asked for again", async () => {
  const tab = await browser.openTabOver("websocket")
  server.mute = true
  const reading = tab.read("room.7")
  await server.saw("frame", ({ frame }) => frame.cursor?.includes("room.7"))
  server.mute = false
  server.sayToAll([{ type: "reply", id: null, ok: false, error: { code: "rate_limited", message: "Wait.", retry_after: 0.01 } }])
  await reading.told("subscribed")
})

test("a hole in what the server sends is healed by coming again", async () => {
  const tab = await browser.openTabOver("websocket")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.log.append("room.7", "message.created")
  server.sayToAll([server.log.append("room.7", "message.created")])
  assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
})

test("revoked access ends a stream at once", async () => {
  const tab = await browser.openTabOver("websocket")
  const [revoked, reading] = [tab.read("room.9"), tab.read("room.7")]
  await Promise.all([revoked.told("subscribed"), reading.told("subscribed")])
  server.revoke("room.9")
  await revoked.told("revoked")
  server.append("room.7", 1)
  await reading.reached(1)
})

test("a log that gets another identity while connected resets everyone", async () => {
  server.append("room.7", 5)
  const tab = await browser.openTabOver("websocket")
  const reading = await tab.read("room.7", 3).reached(5)
  server.log.rotate("epoch2")
  server.append("room.7", 2)
  server.sayToAll([{ type: "reset", stream: "room.7", reason: "epoch", head: 2, oldest: 1 }])
  await reading.told("reset")
  reading.stop()
  assert.deepEqual((await tab.read("room.7", 1).reached(2)).seqs, [2])
})

test("a reset after a long absence is followed up at once", async () => {
  let random = 0
  server.append("room.7", 5)
  const tab = await browser.openTabOver("websocket", { random: () => random })
  const reading = await tab.read("room.7", 3).reached(5)
  server.turnAway = { code: 4503, status: 503, reason: "unavailable" }
  server.cutAll()
  for (let times = 0; times < 5; times += 1) await server.saw("connect")
  server.log.rotate("epoch2")
  server.append("room.7", 2)
  server.turnAway = null
  random = 1
  tab.live.retry()
  await reading.told("reset")
  const { retryAt, staleSince } = tab.states.findLast((state) => state.retryAt !== null)
  assert.ok(retryAt - staleSince < 500, `it waited ${retryAt - staleSince} ms`)
})

test("whoever begins anew again and again waits longer each time", async () => {
  clock = new Clock()
  const tab = await clock.until(browser.openTabOver("websocket", { random: () => 0.02 }))
  const reading = tab.read("room.7")
  await clock.until(reading.told("subscribed"))
  for (let times = 0; times < 4; times += 1) {
    await clock.until(server.follows("room.7"))
    server.log.append("room.7", "message.created")
    server.sayToAll([server.log.append("room.7", "message.created")])
    await clock.until(reading.reached(2 * times + 2))
  }
  const waits = tab.states.filter(({ retryAt }) => retryAt !== null).map((state) => state.retryAt - state.staleSince)
  assert.deepEqual(waits, [0, 20, 40, 80])
})

test("a page that knows a newer epoch than the server process is believed", async () => {
  server.log.rotate("epoch2")
  server.outdatedEpoch = "epoch1"
  server.append("room.7", 5)
  const tab = browser.openTab({ epoch: "epoch2" }).connect()
  const reading = tab.read("room.7", 3)
  assert.deepEqual((await reading.reached(5)).seqs, [4, 5])
  assert.equal((await server.saw("subscribe")).cursor, "epoch2/room.7:3")
})

test("a stream over the limit of a lower transport is served when it is opened anew", async () => {
  const tab = await browser.openTabOver("sse")
  const readings = upTo(51).map((n) => tab.read(`room.${n}`))
  const denied = await Promise.any(readings.map((reading) => reading.told("denied").then(() => reading)))
  const again = tab.read(denied.items[0].item.stream)
  await again.told("subscribed")
})

test("an answer of server-sent events that ends is asked for anew", async () => {
  const tab = await browser.openTabOver("sse")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.append("room.7", 1)
  await reading.reached(1)
  server.endResponses()
  server.append("room.7", 1)
  await reading.reached(2)
  assert.equal(tab.live.state.transport, "sse")
})

// --- A connection that is dead, and one that need not wait

test("a connection that no longer answers is replaced", async () => {
  const tab = await browser.openTabOver("websocket")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.mute = true
  clock = new Clock()
  tab.show()
  await server.saw("frame", ({ frame }) => frame.type === "ping")
  server.mute = false
  server.append("room.7", 1)
  clock.tick(10_000)
  clock.restore()
  await reading.reached(1)
})

test("when the browser goes offline the page says so, and comes back at once when it is online", async () => {
  const tab = await browser.openTabOver("websocket", { random: () => 1 })
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.refused.add("websocket")
  tab.online(false)
  assert.equal(tab.live.state.phase, "offline")
  assert.notEqual(tab.live.state.staleSince, null)
  server.refused.clear()
  server.append("room.7", 1)
  tab.online(true)
  await reading.reached(1)
  await tab.state({ phase: "live", transport: "websocket", staleSince: null })
})

test("becoming visible ends a wait", async () => {
  const tab = await browser.openTabOver("websocket", { random: () => 1 })
  server.closeAll(4408)
  const { retryAt } = await tab.state({ phase: "reconnecting" })
  assert.notEqual(retryAt, null)
  tab.show()
  assert.equal(tab.live.state.retryAt, null)
  await tab.state({ phase: "live" })
})

test("a command whose answer is lost with the connection is unavailable", async () => {
  server.commands.set("message.edit", () => undefined)
  const tab = await browser.openTabOver("websocket")
  const answer = assert.rejects(tab.live.command("message.edit", {}), { code: "unavailable" })
  await server.saw("command")
  server.cutAll()
  await answer
})

test("while not connected commands are posted and notifications dropped", async () => {
  server.commands.set("message.edit", () => ({ id: 5 }))
  server.refused = new Set(["websocket", "sse", "longpoll"])
  const tab = browser.openTab({ random: () => 1 }).connect()
  await tab.state({ phase: "reconnecting" })
  tab.live.notify("typing.start", {})
  assert.deepEqual(await tab.live.command("message.edit", {}), { id: 5 })
  assert.deepEqual(server.posted.map(({ name }) => name), ["message.edit"])
})
