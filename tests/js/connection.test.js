import assert from "node:assert/strict"
import { afterEach, beforeEach, describe, test } from "node:test"

import { Clock } from "./support/clock.js"
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

const WITHOUT = { websocket: [], sse: ["websocket"], longpoll: ["websocket", "sse"] }

/** A tab on this transport, because no better one can be opened. */
async function tabOn(transport, options) {
  server.refused = new Set(WITHOUT[transport])
  const tab = browser.openTab(options).connect()
  await tab.state({ phase: "live", transport })
  return tab
}

const append = (stream, count) => Array.from({ length: count }, () => server.append(stream)).at(-1).seq
const upTo = (seq, from = 1) => Array.from({ length: seq - from + 1 }, (_, i) => i + from)

for (const transport of Object.keys(WITHOUT)) {
  describe(`over ${transport}`, () => {
    test("missed and new events come in order, each once", async () => {
      append("room.7", 5)
      const tab = await tabOn(transport)
      const reading = tab.read("room.7", 2)
      await reading.reached(5)
      append("room.7", 100)
      await reading.reached(105)
      assert.deepEqual(reading.seqs, upTo(105, 3))
    })

    test("the state tells which way it goes", async () => {
      const tab = await tabOn(transport)
      assert.deepEqual(tab.live.state, {
        phase: "live", transport, retryAt: null, staleSince: null, leader: true, reason: null,
      })
    })

    test("streams that are added later are followed too", async () => {
      const tab = await tabOn(transport)
      const first = tab.read("room.7")
      await first.told("subscribed")
      const others = upTo(20).map((n) => tab.read(`room.1${n}`))
      await Promise.all(others.map((reading) => reading.told("subscribed")))
      for (const stream of ["room.7", ...upTo(20).map((n) => `room.1${n}`)]) append(stream, 2)
      for (const reading of [first, ...others]) assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
    })

    test("a second subscriber that is further behind gets a replay, and the first nothing twice", async () => {
      append("room.7", 10)
      const tab = await tabOn(transport)
      const first = await tab.read("room.7", 8).reached(10)
      const second = await tab.read("room.7", 3).reached(10)
      append("room.7", 1)
      await Promise.all([first.reached(11), second.reached(11)])
      assert.deepEqual(first.seqs, upTo(11, 9))
      assert.deepEqual(second.seqs, upTo(11, 4))
    })

    test("when the network breaks it comes back and goes on where it was", async () => {
      const tab = await tabOn(transport)
      const reading = tab.read("room.7")
      append("room.7", 3)
      await reading.reached(3)
      server.cutAll()
      append("room.7", 3)
      await reading.reached(6)
      assert.deepEqual(reading.seqs, upTo(6))
    })

    test("a position that is too old is reset, and goes on from the new one", async () => {
      append("room.7", 10)
      server.log.prune("room.7", 5)
      const tab = await tabOn(transport)
      const reading = tab.read("room.7", 2)
      const reset = await reading.told("reset")
      assert.deepEqual([reset.reason, reset.head, reset.oldest], ["truncated", 10, 5])
      reading.stop()
      const anew = await tab.read("room.7", 9).reached(10)
      assert.deepEqual(anew.seqs, [10])
      assert.deepEqual(reading.seqs, [])
    })

    test("positions from another epoch are reset, and those of the new one are served", async () => {
      append("room.7", 10)
      server.refused = new Set(WITHOUT[transport])
      const tab = browser.openTab({ epoch: "anotherlife" }).connect()
      const reading = tab.read("room.7", 4)
      await reading.told("reset")
      reading.stop()
      const anew = tab.read("room.7", 9)
      assert.deepEqual((await anew.reached(10)).seqs, [10])
    })

    test("what may not be read is denied, and the rest goes on", async () => {
      server.forbidden.add("room.9")
      const tab = await tabOn(transport)
      const [denied, reading] = [tab.read("room.9"), tab.read("room.7")]
      assert.equal((await denied.told("denied")).reason, "forbidden")
      append("room.7", 2)
      await reading.reached(2)
      append("room.9", 1)
      append("room.7", 1)
      await reading.reached(3)
      assert.deepEqual(denied.seqs, [])
    })

    test("what is worth nothing tomorrow is told as it happens", async () => {
      const tab = await tabOn(transport)
      const reading = tab.read("room.7")
      await server.follows("room.7")
      server.whisper("room.7", "typing.started", { user: { id: 5 } })
      assert.equal((await reading.told("ephemeral")).type, "typing.started")
    })

    test("commands are answered, and refusals say why", async () => {
      server.commands.set("message.edit", (data) => ({ id: data.message }))
      server.commands.set("message.delete", () => { throw { code: "forbidden", message: "Not yours." } })
      const tab = await tabOn(transport)
      assert.deepEqual(await tab.live.command("message.edit", { message: 5 }), { id: 5 })
      await assert.rejects(tab.live.command("message.delete", {}), { name: "CommandError", code: "forbidden", message: "Not yours." })
    })

    test("a notification is sent and not answered", async () => {
      server.commands.set("typing.start", () => null)
      const tab = await tabOn(transport)
      tab.live.notify("typing.start", { room: 7 })
      assert.deepEqual((await server.saw("command")).data, { room: 7 })
    })

    test("whoever is not signed in stops, and is not asked to wait", async () => {
      server.refused = new Set(WITHOUT[transport])
      server.turnAway = { code: 4501, status: 401, reason: "unauthenticated" }
      const tab = browser.openTab().connect()
      await tab.state({ phase: "stopped", reason: "unauthenticated", retryAt: null })
    })

    test("a wait that the server asks for is waited for", async () => {
      server.refused = new Set(WITHOUT[transport])
      server.turnAway = { code: 4429, status: 429, reason: "too_many_connections", retryAfter: 9 }
      const before = Date.now()
      const tab = browser.openTab().connect()
      const { retryAt } = await tab.state({ phase: "reconnecting" }).then(() => waitingFor(tab, 9000, before))
      tab.live.retry()
      assert.ok(retryAt >= before + 9000)
      assert.equal(tab.live.state.retryAt, retryAt)
    })

    test("disconnecting ends it on the server too", async () => {
      const tab = await tabOn(transport)
      tab.live.disconnect()
      await server.saw("disconnect")
      assert.equal(tab.live.state.phase, "stopped")
    })
  })
}

/** The state once the next try is at least this far away. */
async function waitingFor(tab, wait, since) {
  for (;;) {
    const { retryAt } = tab.live.state
    if (retryAt !== null && retryAt >= since + wait) return tab.live.state
    await new Promise((changed) => tab.live.addEventListener("state", changed, { once: true }))
  }
}

test("a server that restarts says when to come back", async () => {
  const tab = await tabOn("websocket")
  const before = Date.now()
  server.closeAll(1012, "server_restart", 5)
  const state = await tab.state({ phase: "reconnecting", reason: "server_restart" })
  assert.ok(state.retryAt >= before + 5000)
  assert.equal(tab.live.state.transport, null)
})

test("while it is not connected it says since when nothing can have arrived", async () => {
  const tab = await tabOn("websocket", { random: () => 1 })
  const before = Date.now()
  server.cutAll()
  const { staleSince } = await tab.state({ phase: "reconnecting" })
  assert.ok(staleSince >= before && staleSince <= Date.now())
})

test("a session that ends stops the page", async () => {
  const tab = await tabOn("websocket")
  server.closeAll(4501, "session_ended")
  await tab.state({ phase: "stopped", reason: "unauthenticated" })
})

test("whoever fell behind resumes at once", async () => {
  const tab = await tabOn("websocket", { random: () => 1 })
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.closeAll(4400)
  append("room.7", 1)
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
  const tab = await tabOn("websocket")
  const reading = tab.read("room.7")
  append("room.7", 40)
  await reading.reached(40)
  const acks = []
  while (!acks.some((cursor) => cursor.endsWith("room.7:40"))) {
    acks.push((await server.saw("frame", ({ frame }) => frame.type === "ack")).frame.cursor)
  }
  assert.ok(acks[0].startsWith("epoch1/room.7:"))
})

test("a subscriber that stops has the server told", async () => {
  const tab = await tabOn("websocket")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  reading.stop()
  const { frame } = await server.saw("frame", ({ frame }) => frame.type === "unsubscribe")
  assert.deepEqual(frame.streams, ["room.7"])
})

test("many streams wanted in one go are asked for in one frame", async () => {
  const tab = await tabOn("websocket")
  await server.saw("subscribe")
  for (const n of upTo(30)) tab.read(`room.${n}`)
  assert.equal((await server.saw("subscribe")).positions.size, 30)
})

test("a subscription that is refused for its rate is asked for again", async () => {
  const tab = await tabOn("websocket")
  server.mute = true
  const reading = tab.read("room.7")
  await server.saw("frame", ({ frame }) => frame.cursor?.includes("room.7"))
  server.mute = false
  server.sayToAll([{ type: "reply", id: null, ok: false, error: { code: "rate_limited", message: "Wait.", retry_after: 0.01 } }])
  await reading.told("subscribed")
})

test("a hole in what the server sends is healed by coming again", async () => {
  const tab = await tabOn("websocket")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.log.append("room.7", "message.created")
  server.sayToAll([server.log.append("room.7", "message.created")])
  assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
})

test("revoked access ends a stream at once", async () => {
  const tab = await tabOn("websocket")
  const [revoked, reading] = [tab.read("room.9"), tab.read("room.7")]
  await Promise.all([revoked.told("subscribed"), reading.told("subscribed")])
  server.revoke("room.9")
  await revoked.told("revoked")
  append("room.7", 1)
  await reading.reached(1)
})

test("a log that gets another identity while connected resets everyone", async () => {
  append("room.7", 5)
  const tab = await tabOn("websocket")
  const reading = await tab.read("room.7", 3).reached(5)
  server.log.rotate("epoch2")
  append("room.7", 2)
  server.sayToAll([{ type: "reset", stream: "room.7", reason: "epoch", head: 2, oldest: 1 }])
  await reading.told("reset")
  reading.stop()
  assert.deepEqual((await tab.read("room.7", 1).reached(2)).seqs, [2])
})

test("a page that knows a newer epoch than the server process is believed", async () => {
  server.log.rotate("epoch2")
  server.outdatedEpoch = "epoch1"
  append("room.7", 5)
  const tab = browser.openTab({ epoch: "epoch2" }).connect()
  const reading = tab.read("room.7", 3)
  assert.deepEqual((await reading.reached(5)).seqs, [4, 5])
  assert.equal((await server.saw("subscribe")).cursor, "epoch2/room.7:3")
})

test("a stream over the limit of a lower transport is served when it is opened anew", async () => {
  const tab = await tabOn("sse")
  const readings = upTo(51).map((n) => tab.read(`room.${n}`))
  const denied = await Promise.any(readings.map((reading) => reading.told("denied").then(() => reading)))
  const again = tab.read(denied.items[0].item.stream)
  await again.told("subscribed")
})

// --- Fallback

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
    server.refused = new Set(WITHOUT[transport])
    const tab = browser.openTab().connect()
    const reading = tab.read("room.7")
    await clock.until(tab.state({ phase: "live", transport }))
    append("room.7", 3)
    await clock.until(reading.reached(3))
    const before = tab.states.length
    server.refused.clear()
    clock.tick(10_000)
    await tab.state({ transport: "websocket" })
    append("room.7", 3)
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
  append("room.7", 1)
  await reading.reached(1)
  assert.equal(tab.live.state.transport, "sse")
})

test("an answer of server-sent events that ends is asked for anew", async () => {
  const tab = await tabOn("sse")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  append("room.7", 1)
  await reading.reached(1)
  server.endResponses()
  append("room.7", 1)
  await reading.reached(2)
  assert.equal(tab.live.state.transport, "sse")
})

// --- A connection that is dead, and one that need not wait

test("a connection that no longer answers is replaced", async () => {
  const tab = await tabOn("websocket")
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.mute = true
  clock = new Clock()
  tab.show()
  await server.saw("frame", ({ frame }) => frame.type === "ping")
  server.mute = false
  append("room.7", 1)
  clock.tick(10_000)
  clock.restore()
  await reading.reached(1)
})

test("when the browser goes offline the page says so, and comes back at once when it is online", async () => {
  const tab = await tabOn("websocket", { random: () => 1 })
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  server.refused.add("websocket")
  tab.online(false)
  assert.equal(tab.live.state.phase, "offline")
  assert.notEqual(tab.live.state.staleSince, null)
  server.refused.clear()
  append("room.7", 1)
  tab.online(true)
  await reading.reached(1)
  await tab.state({ phase: "live", transport: "websocket", staleSince: null })
})

test("becoming visible ends a wait", async () => {
  const tab = await tabOn("websocket", { random: () => 1 })
  server.closeAll(4408)
  const { retryAt } = await tab.state({ phase: "reconnecting" })
  assert.ok(retryAt > Date.now())
  tab.show()
  assert.equal(tab.live.state.retryAt, null)
  await tab.state({ phase: "live" })
})

test("a command whose answer is lost with the connection is unavailable", async () => {
  server.commands.set("message.edit", () => undefined)
  const tab = await tabOn("websocket")
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
