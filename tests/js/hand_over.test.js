import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Clock } from "./support/clock.js"
import { Locks } from "./support/locks.js"
import { upTo } from "./support/seqs.js"
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

test("leaders that crash one after the other leave no gap, whatever is sent meanwhile", async () => {
  const tabs = await browser.openLeaderAnd(4)
  const readings = tabs.map((tab) => tab.read("room.7"))
  let seq = 0
  for (const tab of tabs.slice(0, -1)) {
    seq = server.append("room.7", 5)
    tab.crash()
    seq = server.append("room.7", 5)
    await Promise.all(readings.slice(tabs.indexOf(tab) + 1).map((reading) => reading.reached(seq)))
  }
  assert.deepEqual(readings.at(-1).seqs, upTo(seq))
  assert.equal(server.subscriptions.size, 1)
})

test("the new leader goes on from the lowest position that any tab still needs", async () => {
  const [leader, quick, slow] = await browser.openLeaderAnd(2)
  const readings = [quick, slow].map((tab) => tab.read("room.7"))
  server.append("room.7", 3)
  await Promise.all(readings.map((reading) => reading.reached(3)))
  slow.sleep()
  const seq = server.append("room.7", 3)
  await readings[0].reached(seq)
  slow.wake()
  leader.crash()
  await Promise.all(readings.map((reading) => reading.reached(seq)))
  for (const { seqs } of readings) assert.deepEqual(seqs, upTo(seq))
})

test("a tab that slept through events notices with the next one", async () => {
  const [leader, sleeper] = await browser.openLeaderAnd(1)
  const [awake, asleep] = [leader.read("room.7"), sleeper.read("room.7")]
  await Promise.all([awake.told("subscribed"), asleep.told("subscribed")])
  sleeper.sleep()
  await awake.reached(server.append("room.7", 3))
  sleeper.wake()
  const seq = server.append("room.7", 1)
  await Promise.all([awake.reached(seq), asleep.reached(seq)])
  assert.deepEqual(awake.seqs, upTo(4))
  assert.deepEqual(asleep.seqs, upTo(4))
})

test("a tab that slept through the last events notices when it is looked at", async () => {
  const [leader, sleeper] = await browser.openLeaderAnd(1)
  const [awake, asleep] = [leader.read("room.7"), sleeper.read("room.7")]
  await Promise.all([awake.told("subscribed"), asleep.told("subscribed")])
  sleeper.sleep()
  const seq = server.append("room.7", 3)
  await awake.reached(seq)
  sleeper.wake()
  sleeper.show()
  assert.deepEqual((await asleep.reached(seq)).seqs, upTo(3))
})

test("a leader that the browser put to sleep is replaced by a tab that is looked at", async () => {
  clock = new Clock()
  const [leader, follower] = await clock.until(browser.openLeaderAnd(1))
  const reading = follower.read("room.7")
  await clock.until(reading.told("subscribed"))
  leader.sleep()
  const seq = server.append("room.7", 2)
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
  const [leader, follower] = await clock.until(browser.openLeaderAnd(1))
  follower.hide()
  leader.sleep()
  clock.tick(25_000)
  clock.tick(5_000)
  await Promise.resolve()
  assert.equal(follower.live.state.leader, false)
})

test("a leader that is awake answers and stays", async () => {
  clock = new Clock()
  const [leader, follower] = await clock.until(browser.openLeaderAnd(1))
  follower.show()
  const reading = follower.read("room.7")
  await clock.until(reading.told("subscribed"))
  clock.tick(5_000)
  await Promise.resolve()
  assert.deepEqual([leader.live.state.leader, follower.live.state.leader], [true, false])
})

test("a new leader begins with the transport that worked for the one before", async () => {
  server.refused.add("websocket")
  const [leader, follower] = await browser.openLeaderAnd(1)
  while (server.count("connect")) await server.saw("connect")
  leader.crash()
  await follower.state({ leader: true, phase: "live", transport: "sse" })
  assert.equal((await server.saw("connect")).transport, "sse")
})

test("when the session ends every tab stops, each after finding out for itself", async () => {
  const tabs = await browser.openLeaderAnd(2)
  server.turnAway = { code: 4501, reason: "unauthenticated" }
  server.closeAll(4501, "session_ended")
  await Promise.all(tabs.map((tab) => tab.state({ phase: "stopped", reason: "unauthenticated" })))
})

test("after signing in again in a new tab the stopped ones go on", async () => {
  const [stopped] = await browser.openLeaderAnd(0)
  const reading = stopped.read("room.7")
  await reading.told("subscribed")
  server.closeAll(4501, "session_ended")
  await stopped.state({ phase: "stopped" })
  server.append("room.7", 1)
  browser.openTab().connect()
  await stopped.state({ phase: "live", leader: false })
  assert.deepEqual((await reading.reached(1)).seqs, [1])
})

test("a page that is put aside lets another tab lead, and goes on when it is shown again", async () => {
  const [aside, other] = await browser.openLeaderAnd(1)
  const reading = aside.read("room.7")
  await reading.told("subscribed")
  aside.window.dispatchEvent(new Event("pagehide"))
  await other.state({ leader: true, phase: "live" })
  server.append("room.7", 2)
  aside.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }))
  assert.deepEqual((await reading.reached(2)).seqs, [1, 2])
  assert.equal(aside.live.state.leader, false)
})
