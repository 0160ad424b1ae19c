import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Clock } from "./support/clock.js"
import { Locks } from "./support/locks.js"
import { Server } from "./support/server.js"
import { Browser } from "./support/tab.js"

let browser
let clock
let server

beforeEach(async () => {
  server = await new Server().start()
  browser = new Browser({ server, locks: new Locks() })
})

afterEach(async () => {
  clock?.restore()
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

/** A user's tabs, the first of which leads. */
async function leadingAnd(count, options) {
  const leader = browser.openTab(options).connect()
  await leader.state({ leader: true, phase: "live" })
  const others = Array.from({ length: count }, () => browser.openTab().connect())
  await Promise.all(others.map((tab) => tab.state({ phase: "live", leader: false })))
  return [leader, ...others]
}

const append = (stream, count) => Array.from({ length: count }, () => server.append(stream)).at(-1).seq
const upTo = (seq, from = 1) => Array.from({ length: seq - from + 1 }, (_, i) => i + from)

test("a new tab that is further behind than the connection gets its replay, and the others nothing twice", async () => {
  append("room.7", 10)
  const [leader, follower] = await leadingAnd(1)
  const first = await leader.read("room.7", 9).reached(10)
  const second = await follower.read("room.7", 2).reached(10)
  append("room.7", 1)
  await Promise.all([first.reached(11), second.reached(11)])
  assert.deepEqual(first.seqs, [10, 11])
  assert.deepEqual(second.seqs, upTo(11, 3))
})

test("a new tab that is no further behind is told that the stream is served, without asking the server", async () => {
  append("room.7", 10)
  const [leader, follower] = await leadingAnd(1)
  await leader.read("room.7", 9).reached(10)
  while (server.count("subscribe")) await server.saw("subscribe")
  const { head } = await follower.read("room.7", 10).told("subscribed")
  assert.equal(head, 10)
  assert.equal(server.count("subscribe"), 0)
})

test("a stream is followed until no tab needs it", async () => {
  const [leader, follower] = await leadingAnd(1)
  const [one, two] = [leader.read("room.7"), follower.read("room.7")]
  await Promise.all([one.told("subscribed"), two.told("subscribed")])
  one.stop()
  append("room.7", 1)
  await two.reached(1)
  two.stop()
  const { frame } = await server.saw("frame", ({ frame }) => frame.type === "unsubscribe")
  assert.deepEqual(frame.streams, ["room.7"])
  assert.deepEqual(one.seqs, [])
})

test("what only a crashed tab needed is no longer followed", async () => {
  const [, follower] = await leadingAnd(1)
  await follower.read("room.7").told("subscribed")
  follower.crash()
  const { frame } = await server.saw("frame", ({ frame }) => frame.type === "unsubscribe")
  assert.deepEqual(frame.streams, ["room.7"])
})

test("leaders that crash one after the other leave no gap, whatever is sent meanwhile", async () => {
  const tabs = await leadingAnd(4)
  const readings = tabs.map((tab) => tab.read("room.7"))
  let seq = 0
  for (const tab of tabs.slice(0, -1)) {
    seq = append("room.7", 5)
    tab.crash()
    seq = append("room.7", 5)
    await Promise.all(readings.slice(tabs.indexOf(tab) + 1).map((reading) => reading.reached(seq)))
  }
  assert.deepEqual(readings.at(-1).seqs, upTo(seq))
  assert.equal(server.subscriptions.size, 1)
})

test("the new leader goes on from the lowest position that any tab still needs", async () => {
  const [leader, quick, slow] = await leadingAnd(2)
  const readings = [quick, slow].map((tab) => tab.read("room.7"))
  append("room.7", 3)
  await Promise.all(readings.map((reading) => reading.reached(3)))
  slow.sleep()
  const seq = append("room.7", 3)
  await readings[0].reached(seq)
  slow.wake()
  leader.crash()
  await Promise.all(readings.map((reading) => reading.reached(seq)))
  for (const { seqs } of readings) assert.deepEqual(seqs, upTo(seq))
})

test("a tab that slept through events notices with the next one", async () => {
  const [leader, sleeper] = await leadingAnd(1)
  const [awake, asleep] = [leader.read("room.7"), sleeper.read("room.7")]
  await Promise.all([awake.told("subscribed"), asleep.told("subscribed")])
  sleeper.sleep()
  await awake.reached(append("room.7", 3))
  sleeper.wake()
  const seq = append("room.7", 1)
  await Promise.all([awake.reached(seq), asleep.reached(seq)])
  assert.deepEqual(awake.seqs, upTo(4))
  assert.deepEqual(asleep.seqs, upTo(4))
})

test("a tab that slept through the last events notices when it is looked at", async () => {
  const [leader, sleeper] = await leadingAnd(1)
  const [awake, asleep] = [leader.read("room.7"), sleeper.read("room.7")]
  await Promise.all([awake.told("subscribed"), asleep.told("subscribed")])
  sleeper.sleep()
  const seq = append("room.7", 3)
  await awake.reached(seq)
  sleeper.wake()
  sleeper.show()
  assert.deepEqual((await asleep.reached(seq)).seqs, upTo(3))
})

test("a leader that the browser put to sleep is replaced by a tab that is looked at", async () => {
  clock = new Clock()
  const [leader, follower] = await clock.until(leadingAnd(1))
  const reading = follower.read("room.7")
  await clock.until(reading.told("subscribed"))
  leader.sleep()
  const seq = append("room.7", 2)
  follower.show()
  clock.tick(5_000)
  await clock.until(follower.state({ leader: true, phase: "live" }))
  leader.wake()
  await clock.until(leader.state({ leader: false, phase: "live" }))
  await clock.until(reading.reached(seq))
  assert.deepEqual(reading.seqs, upTo(2))
})

test("a hidden tab leaves a silent leader alone", async () => {
  clock = new Clock()
  const [leader, follower] = await clock.until(leadingAnd(1))
  follower.hide()
  leader.sleep()
  clock.tick(25_000)
  clock.tick(5_000)
  await Promise.resolve()
  assert.equal(follower.live.state.leader, false)
})

test("a leader that is awake answers and stays", async () => {
  clock = new Clock()
  const [leader, follower] = await clock.until(leadingAnd(1))
  follower.show()
  const reading = follower.read("room.7")
  await clock.until(reading.told("subscribed"))
  clock.tick(5_000)
  await Promise.resolve()
  assert.deepEqual([leader.live.state.leader, follower.live.state.leader], [true, false])
})

test("followers are told how the connection is", async () => {
  const [, follower] = await leadingAnd(1, { random: () => 1 })
  server.closeAll(1012, "server_restart", 30)
  const { retryAt, staleSince } = await follower.state({ phase: "reconnecting", reason: "server_restart" })
  assert.ok(retryAt > Date.now())
  assert.notEqual(staleSince, null)
})

test("a follower that does not want to wait has the leader try", async () => {
  const [leader, follower] = await leadingAnd(1, { random: () => 1 })
  server.closeAll(4408)
  await follower.state({ phase: "reconnecting" })
  follower.live.retry()
  await Promise.all([leader.state({ phase: "live" }), follower.state({ phase: "live" })])
})

test("a new leader begins with the transport that worked for the one before", async () => {
  server.refused.add("websocket")
  const [leader, follower] = await leadingAnd(1)
  while (server.count("connect")) await server.saw("connect")
  leader.crash()
  await follower.state({ leader: true, phase: "live", transport: "sse" })
  assert.equal((await server.saw("connect")).transport, "sse")
})

test("a follower's commands are posted and its notifications go through the leader", async () => {
  server.commands.set("message.edit", ({ message }) => ({ id: message }))
  server.commands.set("typing.start", () => null)
  const [, follower] = await leadingAnd(1)
  assert.deepEqual(await follower.live.command("message.edit", { message: 5 }), { id: 5 })
  follower.live.notify("typing.start", { room: 7 })
  await server.saw("frame", ({ frame }) => frame.type === "typing.start")
  assert.deepEqual(server.posted.map(({ name }) => name), ["message.edit"])
})

test("when the session ends every tab stops, each after finding out for itself", async () => {
  const tabs = await leadingAnd(2)
  server.turnAway = { code: 4501, reason: "unauthenticated" }
  server.closeAll(4501, "session_ended")
  await Promise.all(tabs.map((tab) => tab.state({ phase: "stopped", reason: "unauthenticated" })))
})

test("after signing in again in a new tab the stopped ones go on", async () => {
  const [stopped] = await leadingAnd(0)
  const reading = stopped.read("room.7")
  await reading.told("subscribed")
  server.closeAll(4501, "session_ended")
  await stopped.state({ phase: "stopped" })
  append("room.7", 1)
  browser.openTab().connect()
  await stopped.state({ phase: "live", leader: false })
  assert.deepEqual((await reading.reached(1)).seqs, [1])
})

test("a page that is put aside lets another tab lead, and goes on when it is shown again", async () => {
  const [aside, other] = await leadingAnd(1)
  const reading = aside.read("room.7")
  await reading.told("subscribed")
  aside.window.dispatchEvent(new Event("pagehide"))
  await other.state({ leader: true, phase: "live" })
  append("room.7", 2)
  aside.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }))
  assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
  assert.equal(aside.live.state.leader, false)
})

test("a log with another identity resets the followers too", async () => {
  append("room.7", 5)
  const [leader, follower] = await leadingAnd(1)
  const readings = [leader, follower].map((tab) => tab.read("room.7", 4))
  await Promise.all(readings.map((reading) => reading.reached(5)))
  server.log.rotate("epoch2")
  append("room.7", 2)
  server.cutAll()
  await Promise.all(readings.map((reading) => reading.told("reset")))
  for (const reading of readings) reading.stop()
  const anew = [leader, follower].map((tab) => tab.read("room.7", 1))
  for (const reading of anew) assert.deepEqual((await reading.reached(2)).seqs, [2])
})

test("a tab from before the log had another identity is reset when it meets a newer leader", async () => {
  append("room.7", 5)
  const [leader] = await leadingAnd(0)
  const reading = leader.read("room.7", 4)
  await reading.reached(5)
  const old = browser.openTab({ epoch: "anotherlife" }).connect()
  const outdated = old.read("room.7", 3)
  assert.equal((await outdated.told("reset")).reason, "epoch")
  append("room.7", 1)
  assert.deepEqual((await reading.reached(6)).seqs, [5, 6])
})

test("a tab that knows a newer identity of the log convinces an older leader", async () => {
  append("room.7", 5)
  const [leader] = await leadingAnd(0)
  const old = await leader.read("room.7", 4).reached(5)
  server.log.rotate("epoch2")
  server.outdatedEpoch = "epoch1"
  append("room.7", 2)
  const tab = browser.openTab({ epoch: "epoch2" }).connect()
  assert.deepEqual((await tab.read("room.7", 1).reached(2)).seqs, [2])
  await old.told("reset")
})

for (const missing of ["BroadcastChannel", "locks"]) {
  test(`without ${missing} each tab has its own connection`, async () => {
    const tabs = [1, 2].map(() => browser.openTab({ [missing]: undefined }).connect())
    const readings = tabs.map((tab) => tab.read("room.7"))
    await Promise.all(readings.map((reading) => reading.told("subscribed")))
    append("room.7", 1)
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
  const [, follower] = await leadingAnd(1)
  const other = new Browser({ server, locks: browser.locks })
  const tab = other.openTab().connect()
  await tab.state({ phase: "live", leader: true })
  assert.equal(follower.live.state.leader, false)
  assert.equal(server.subscriptions.size, 2)
  other.close()
})

test("a disconnected tab gets nothing, and goes on where it was when it connects again", async () => {
  const [tab] = await leadingAnd(0)
  const reading = tab.read("room.7")
  await reading.told("subscribed")
  tab.live.disconnect()
  assert.equal(tab.live.state.phase, "stopped")
  append("room.7", 2)
  tab.live.connect()
  assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
})
