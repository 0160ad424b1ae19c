import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Locks } from "./support/locks.js"
import { upTo } from "./support/seqs.js"
import { Server } from "./support/server.js"
import { Browser } from "./support/tab.js"

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

test("a new tab that is further behind than the connection gets its replay, and the others nothing twice", async () => {
  server.append("room.7", 10)
  const [leader, follower] = await browser.openLeaderAnd(1)
  const first = await leader.read("room.7", 9).reached(10)
  const second = await follower.read("room.7", 2).reached(10)
  server.append("room.7", 1)
  await Promise.all([first.reached(11), second.reached(11)])
  assert.deepEqual(first.seqs, [10, 11])
  assert.deepEqual(second.seqs, upTo(11, 3))
})

test("a new tab that is no further behind is told that the stream is served, without asking the server", async () => {
  server.append("room.7", 10)
  const [leader, follower] = await browser.openLeaderAnd(1)
  await leader.read("room.7", 9).reached(10)
  while (server.count("subscribe")) await server.saw("subscribe")
  const { head } = await follower.read("room.7", 10).told("subscribed")
  assert.equal(head, 10)
  assert.equal(server.count("subscribe"), 0)
})

test("a stream is followed until no tab needs it", async () => {
  const [leader, follower] = await browser.openLeaderAnd(1)
  const [one, two] = [leader.read("room.7"), follower.read("room.7")]
  await Promise.all([one.told("subscribed"), two.told("subscribed")])
  one.stop()
  server.append("room.7", 1)
  await two.reached(1)
  two.stop()
  const { frame } = await server.saw("frame", ({ frame }) => frame.type === "unsubscribe")
  assert.deepEqual(frame.streams, ["room.7"])
  assert.deepEqual(one.seqs, [])
})

test("what only a crashed tab needed is no longer followed", async () => {
  const [, follower] = await browser.openLeaderAnd(1)
  await follower.read("room.7").told("subscribed")
  follower.crash()
  const { frame } = await server.saw("frame", ({ frame }) => frame.type === "unsubscribe")
  assert.deepEqual(frame.streams, ["room.7"])
})

test("followers are told how the connection is", async () => {
  const [, follower] = await browser.openLeaderAnd(1, { random: () => 1 })
  server.closeAll(1012, "server_restart", 30)
  const { retryAt, staleSince } = await follower.state({ phase: "reconnecting", reason: "server_restart" })
  assert.ok(retryAt > Date.now())
  assert.notEqual(staleSince, null)
})

test("a follower that does not want to wait has the leader try", async () => {
  const [leader, follower] = await browser.openLeaderAnd(1, { random: () => 1 })
  server.closeAll(4408)
  await follower.state({ phase: "reconnecting" })
  follower.live.retry()
  await Promise.all([leader.state({ phase: "live" }), follower.state({ phase: "live" })])
})

test("a follower's commands are posted and its notifications go through the leader", async () => {
  server.commands.set("message.edit", ({ message }) => ({ id: message }))
  server.commands.set("typing.start", () => null)
  const [, follower] = await browser.openLeaderAnd(1)
  assert.deepEqual(await follower.live.command("message.edit", { message: 5 }), { id: 5 })
  follower.live.notify("typing.start", { room: 7 })
  await server.saw("frame", ({ frame }) => frame.type === "typing.start")
  assert.deepEqual(server.posted.map(({ name }) => name), ["message.edit"])
})

for (const missing of ["BroadcastChannel", "locks"]) {
  test(`without ${missing} each tab has its own connection`, async () => {
    const tabs = [1, 2].map(() => browser.openTab({ [missing]: undefined }).connect())
    const readings = tabs.map((tab) => tab.read("room.7"))
    await Promise.all(readings.map((reading) => reading.told("subscribed")))
    server.append("room.7", 1)
    for (const reading of readings) assert.deepEqual((await reading.reached(1)).seqs, [1])
    assert.equal(server.subscriptions.size, 2)
  })
}

test("where the browser refuses locks a tab has its own connection", async () => {
  const locks = { request: async () => { throw new DOMException("Not here.", "SecurityError") } }
  const tab = browser.openTab({ locks }).connect()
  await tab.state({ phase: "live", leader: true })
})

test("another user's tabs share nothing with these", async () => {
  const [, follower] = await browser.openLeaderAnd(1)
  const other = new Browser({ server, locks: browser.locks })
  const tab = other.openTab().connect()
  await tab.state({ phase: "live", leader: true })
  assert.equal(follower.live.state.leader, false)
  assert.equal(server.subscriptions.size, 2)
  other.close()
})

test("a disconnected tab gets nothing, and goes on where it was when it connects again", async () => {
  const [tab] = await browser.openLeaderAnd(0)
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  tab.live.disconnect()
  assert.equal(tab.live.state.phase, "stopped")
  server.append("room.7", 2)
  tab.live.connect()
  assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
})

test("a log with another identity resets the followers too", async () => {
  server.append("room.7", 5)
  const [leader, follower] = await browser.openLeaderAnd(1)
  const readings = [leader, follower].map((tab) => tab.read("room.7", 4))
  await Promise.all(readings.map((reading) => reading.reached(5)))
  server.log.rotate("epoch2")
  server.append("room.7", 2)
  server.cutAll()
  await Promise.all(readings.map((reading) => reading.told("reset")))
  for (const reading of readings) reading.stop()
  const anew = [leader, follower].map((tab) => tab.read("room.7", 1))
  for (const reading of anew) assert.deepEqual((await reading.reached(2)).seqs, [2])
})

test("a tab from before the log had another identity is reset when it meets a newer leader", async () => {
  server.append("room.7", 5)
  const [leader] = await browser.openLeaderAnd(0)
  const reading = leader.read("room.7", 4)
  await reading.reached(5)
  const old = browser.openTab({ epoch: "anotherlife" }).connect()
  const outdated = old.read("room.7", 3)
  assert.equal((await outdated.told("reset")).reason, "epoch")
  server.append("room.7", 1)
  assert.deepEqual((await reading.reached(6)).seqs, [5, 6])
})

test("a tab that knows a newer identity of the log convinces an older leader", async () => {
  server.append("room.7", 5)
  const [leader] = await browser.openLeaderAnd(0)
  const old = await leader.read("room.7", 4).reached(5)
  server.log.rotate("epoch2")
  server.outdatedEpoch = "epoch1"
  server.append("room.7", 2)
  const tab = browser.openTab({ epoch: "epoch2" }).connect()
  assert.deepEqual((await tab.read("room.7", 1).reached(2)).seqs, [2])
  await old.told("reset")
})
