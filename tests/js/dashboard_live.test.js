import assert from "node:assert/strict"
import { test } from "node:test"

import { readBoard } from "../../dashboard/static/dashboard/api.js"
import { Reading } from "../../dashboard/static/dashboard/reading.js"

const START = 1_000_000

/** A reading of the last minute, and what the server is asked for and says. */
async function reading(t, range = { span: 60 }) {
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout"] })
  const it = { now: START, asked: [], told: [], stopped: 0, isWhole: true }
  const told = Object.fromEntries(
    ["loading", "loaded", "failed", "ticked", "moved", "happened"].map((name) => [name, (...what) => it.told.push([name, ...what])]),
  )
  it.reading = new Reading({
    range, now: () => it.now, width: () => 900, stream: "board.a",
    told: { ...told, renewed: () => true, ticked: (tick) => (told.ticked(tick), it.isWhole) },
    source: async (wanted) => {
      it.asked.push(wanted)
      return { from: wanted.from, to: it.now - 2, step: 1, cursor: `e/board.a:${it.asked.length}`, panels: {} }
    },
    live: { subscribe: (stream, seq, handlers) => (Object.assign(it, { seq, handlers }), () => (it.stopped += 1)) },
  })
  await it.reading.connect()
  it.tick = (time, more = {}) => it.handlers.event({ type: "board.tick", data: { t: time, step: 1, panels: {}, revised: false, ...more } })
  it.wait = async (seconds) => {
    it.now += seconds
    t.mock.timers.tick(seconds * 1000)
    await Promise.resolve()
  }
  it.heard = (name) => it.told.filter(([told]) => told === name).map(([, ...what]) => what)
  t.after(() => it.reading.disconnect())
  return it
}

test("a live range is asked for until now, whatever the clock here says, and one that stands still until its end", async (t) => {
  const live = await reading(t)
  assert.deepEqual(live.asked, [{ from: START - 60, to: undefined, width: 900 }])
  live.reading.range = { from: 100, to: 200 }
  assert.deepEqual(live.asked[1], { from: 100, to: 200, width: 900 })
})

test("ticks go on where the snapshot ends", async (t) => {
  const it = await reading(t)
  assert.equal(it.seq, 1)
  it.tick(START - 2)
  it.tick(START - 1)
  assert.deepEqual(it.heard("ticked").map(([tick]) => tick.t), [START - 2, START - 1])
  assert.deepEqual(it.heard("moved").at(-1), [START])
  assert.equal(it.asked.length, 1)
})

test("ticks that leave something out have everything read anew, but not again and again", async (t) => {
  const it = await reading(t)
  await it.wait(400)
  it.tick(it.now - 12)
  assert.equal(it.asked.length, 2)
  await it.wait(0)
  assert.equal(it.seq, 2)
  assert.equal(it.stopped, 1)
  it.tick(it.now + 30)
  assert.equal(it.asked.length, 2)
})

test("ticks of series that are not drawn have everything read anew, once a minute at most", async (t) => {
  const it = await reading(t)
  it.isWhole = false
  it.tick(START - 2)
  await it.wait(30)
  assert.equal(it.asked.length, 1)
  await it.wait(31)
  assert.equal(it.asked.length, 2)
  await it.wait(90)
  assert.equal(it.asked.length, 2)
})

test("a late correction is no jump, and neither is a tick of what is not shown", async (t) => {
  const it = await reading(t)
  await it.wait(20)
  it.tick(START + 15, { revised: true })
  it.reading.range = { from: 100, to: 200 }
  await it.wait(20)
  it.tick(START + 30)
  assert.equal(it.asked.length, 2)
  assert.equal(it.heard("ticked").length, 1)
})

test("time goes on without ticks, so that what is missing is seen", async (t) => {
  const it = await reading(t)
  await it.wait(30)
  assert.deepEqual(it.heard("moved").at(-1), [START + 24])
})

test("a position that is void has everything read anew", async (t) => {
  const it = await reading(t)
  it.handlers.reset()
  assert.equal(it.asked.length, 2)
})

test("what has changed further back than ticks tell is read anew", async (t) => {
  const it = await reading(t)
  it.handlers.event({ type: "board.revised", data: {} })
  assert.equal(it.asked.length, 2)
  assert.deepEqual(it.heard("happened"), [])
})

test("what answers slowly and has no stream is waited for, and asked again after that", async (t) => {
  const it = await reading(t)
  const answers = []
  it.reading.preview(({ from }) => new Promise((resolve) => answers.push(() => resolve({ from, to: it.now - 2, step: 1, panels: {} }))))
  await it.wait(10)
  assert.equal(answers.length, 1)
  answers[0]()
  await new Promise(setImmediate)
  assert.equal(it.heard("loaded").length, 2)
  await it.wait(4)
  assert.equal(answers.length, 2)
})

test("what was let go of because it is gone is not asked for again", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout"] })
  t.mock.method(globalThis, "fetch", async () => ({ ok: false, status: 404, json: async () => ({ error: { message: "There is no board." } }) }))
  const failed = []
  const it = new Reading({
    range: { span: 60 }, now: () => START, width: () => 900, stream: "board.a", live: {},
    source: () => readBoard("a"),
    told: { loading() {}, failed: (error) => (failed.push(error.status), it.disconnect()) },
  })
  await it.connect()
  t.mock.timers.tick(60_000)
  assert.equal(fetch.mock.callCount(), 1)
  assert.deepEqual(failed, [404])
})
