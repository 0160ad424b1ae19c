import assert from "node:assert/strict"
import { afterEach, beforeEach, describe, test } from "node:test"

import { upTo } from "./support/seqs.js"
import { Server } from "./support/server.js"
import { better, Browser } from "./support/tab.js"

let browser
let server

beforeEach(async () => {
  server = await new Server().start()
  browser = new Browser({ server })
})

afterEach(async () => {
  browser.close()
  await server.stop()
})

for (const transport of ["websocket", "sse", "longpoll"]) {
  describe(`over ${transport}`, () => {
    test("missed and new events come in order, each once", async () => {
      server.append("room.7", 5)
      const tab = await browser.openTabOver(transport)
      const reading = tab.read("room.7", 2)
      await reading.reached(5)
      server.append("room.7", 100)
      await reading.reached(105)
      assert.deepEqual(reading.seqs, upTo(105, 3))
    })

    test("the state tells which way it goes", async () => {
      const tab = await browser.openTabOver(transport)
      assert.deepEqual(tab.live.state, {
        phase: "live", transport, retryAt: null, staleSince: null, leader: true, reason: null,
      })
    })

    test("streams that are added later are followed too", async () => {
      const tab = await browser.openTabOver(transport)
      const first = tab.read("room.7")
      await first.told("subscribed")
      const others = upTo(20).map((n) => tab.read(`room.1${n}`))
      await Promise.all(others.map((reading) => reading.told("subscribed")))
      for (const stream of ["room.7", ...upTo(20).map((n) => `room.1${n}`)]) server.append(stream, 2)
      for (const reading of [first, ...others]) assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
    })

    test("a second subscriber that is further behind gets a replay, and the first nothing twice", async () => {
      server.append("room.7", 10)
      const tab = await browser.openTabOver(transport)
      const first = await tab.read("room.7", 8).reached(10)
      const second = await tab.read("room.7", 3).reached(10)
      server.append("room.7", 1)
      await Promise.all([first.reached(11), second.reached(11)])
      assert.deepEqual(first.seqs, upTo(11, 9))
      assert.deepEqual(second.seqs, upTo(11, 4))
    })

    test("what is stopped at once and opened again a little later is served", async () => {
      server.append("room.7", 2)
      const tab = browser.openTab()
      server.refused = better(transport)
      tab.connect().read("room.7").stop()
      await tab.state({ phase: "live", transport })
      assert.deepEqual((await tab.read("room.7", 1).reached(2)).seqs, [2])
      tab.read("room.8").stop()
      await new Promise(setImmediate)
      const reading = tab.read("room.8")
      server.append("room.8", 2)
      assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
    })

    test("when the network breaks it comes back and goes on where it was", async () => {
      const tab = await browser.openTabOver(transport)
      const reading = tab.read("room.7")
      server.append("room.7", 3)
      await reading.reached(3)
      server.cutAll()
      server.append("room.7", 3)
      await reading.reached(6)
      assert.deepEqual(reading.seqs, upTo(6))
    })

    test("a position that is too old is reset, and goes on from the new one", async () => {
      server.append("room.7", 10)
      server.log.prune("room.7", 5)
      const tab = await browser.openTabOver(transport)
      const reading = tab.read("room.7", 2)
      const reset = await reading.told("reset")
      assert.deepEqual([reset.reason, reset.head, reset.oldest], ["truncated", 10, 5])
      reading.stop()
      const anew = await tab.read("room.7", 9).reached(10)
      assert.deepEqual(anew.seqs, [10])
      assert.deepEqual(reading.seqs, [])
    })

    test("positions from another epoch are reset, and those of the new one are served", async () => {
      server.append("room.7", 10)
      server.refused = better(transport)
      const tab = browser.openTab({ epoch: "anotherlife" }).connect()
      const reading = tab.read("room.7", 4)
      await reading.told("reset")
      reading.stop()
      const anew = tab.read("room.7", 9)
      assert.deepEqual((await anew.reached(10)).seqs, [10])
    })

    test("what may not be read is denied, and the rest goes on", async () => {
      server.forbidden.add("room.9")
      const tab = await browser.openTabOver(transport)
      const [denied, reading] = [tab.read("room.9"), tab.read("room.7")]
      assert.equal((await denied.told("denied")).reason, "forbidden")
      server.append("room.7", 2)
      await reading.reached(2)
      server.append("room.9", 1)
      server.append("room.7", 1)
      await reading.reached(3)
      assert.deepEqual(denied.seqs, [])
    })

    test("what is worth nothing tomorrow is told as it happens", async () => {
      const tab = await browser.openTabOver(transport)
      const reading = tab.read("room.7")
      await server.follows("room.7")
      server.whisper("room.7", "typing.started", { user: { id: 5 } })
      assert.equal((await reading.told("ephemeral")).type, "typing.started")
    })

    test("commands are answered, and refusals say why", async () => {
      server.commands.set("message.edit", (data) => ({ id: data.message }))
      server.commands.set("message.delete", () => { throw { code: "forbidden", message: "Not yours." } })
      const tab = await browser.openTabOver(transport)
      assert.deepEqual(await tab.live.command("message.edit", { message: 5 }), { id: 5 })
      await assert.rejects(tab.live.command("message.delete", {}), { name: "CommandError", code: "forbidden", message: "Not yours." })
    })

    test("a notification is sent and not answered", async () => {
      server.commands.set("typing.start", () => null)
      const tab = await browser.openTabOver(transport)
      tab.live.notify("typing.start", { room: 7 })
      assert.deepEqual((await server.saw("command")).data, { room: 7 })
    })

    test("whoever is not signed in stops, and is not asked to wait", async () => {
      server.refused = better(transport)
      server.turnAway = { code: 4501, status: 401, reason: "unauthenticated" }
      const tab = browser.openTab().connect()
      await tab.state({ phase: "stopped", reason: "unauthenticated", retryAt: null })
    })

    test("a wait that the server asks for is waited for", async () => {
      server.refused = better(transport)
      server.turnAway = { code: 4429, status: 429, reason: "too_many_connections", retryAfter: 9 }
      const before = Date.now()
      const tab = browser.openTab().connect()
      const { retryAt } = await tab.state({ phase: "reconnecting" }).then(() => waitingFor(tab, 9000, before))
      tab.live.retry()
      assert.ok(retryAt >= before + 9000)
      assert.equal(tab.live.state.retryAt, retryAt)
    })

    test("disconnecting ends it on the server too", async () => {
      const tab = await browser.openTabOver(transport)
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
