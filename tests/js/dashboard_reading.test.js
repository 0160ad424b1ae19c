import assert from "node:assert/strict"
import { test } from "node:test"

import { Choice } from "../../dashboard/static/dashboard/choice.js"
import { DrawQueue } from "../../dashboard/static/dashboard/draw_queue.js"
import { goOn, isLive, queryOf, readRange, shift, windowOf, zoom, zoomOut } from "../../dashboard/static/dashboard/range.js"
import { format, formatMarks } from "../../dashboard/static/dashboard/units.js"

const NOW = 1_000_000

test("numbers have three digits that matter, and their unit", () => {
  const said = (value, unit) => format(value, unit).replaceAll(" ", " ")
  assert.equal(said(0), "0")
  assert.equal(said(12_345), "12.3 k")
  assert.equal(said(0.00123), "0.0012")
  assert.equal(said(1536, "bytes"), "1.50 KiB")
  assert.equal(said(5 * 1024 ** 2, "bytes/s"), "5 MiB/s")
  assert.equal(said(0.0042, "s"), "4.20 ms")
  assert.equal(said(90, "s"), "1.50 min")
  assert.equal(said(250, "ms"), "250 ms")
  assert.equal(said(0.985, "ratio"), "98.5 %")
  assert.equal(said(12.34, "%"), "12.3 %")
  assert.equal(said(3, "messages/s"), "3 messages/s")
  assert.equal(said(-1500, "W"), "-1.50 k W")
  assert.equal(said(null, "s"), "–")
})

test("the marks of an axis are on one scale, with the digits that tell them apart", () => {
  const said = (values, unit) => formatMarks(values, unit).map((text) => text.replaceAll(" ", " "))
  assert.deepEqual(said([0, 0.5, 1, 1.5]), ["0.0", "0.5", "1.0", "1.5"])
  assert.deepEqual(said([0, 500, 1000, 1500]), ["0.0k", "0.5k", "1.0k", "1.5k"])
  assert.deepEqual(said([0, 0.25, 0.5]), ["0.00", "0.25", "0.50"])
  assert.deepEqual(said([0, 20, 40], "%"), ["0 %", "20 %", "40 %"])
  assert.deepEqual(said([0, 0.001, 0.002], "s"), ["0 ms", "1 ms", "2 ms"])
  assert.deepEqual(said([0, null, 2]), ["0", "", "2"])
})

test("a range is in the address, but for the usual one, and nonsense is the usual one", () => {
  assert.equal(queryOf(readRange("")), "")
  assert.equal(queryOf(readRange("?last=24h")), "?last=24h")
  assert.equal(queryOf(readRange("?last=90s")), "?last=90s")
  assert.deepEqual(readRange("?from=100&to=200"), { from: 100, to: 200 })
  assert.equal(queryOf({ from: 100, to: 200 }), "?from=100&to=200")
  for (const wrong of ["?last=soon", "?from=200&to=100", "?from=1&to=999999999"]) assert.equal(queryOf(readRange(wrong)), "")
  assert.deepEqual(readRange("?last=99y"), readRange("?last=5y"))
})

test("a live range ends now, and another stands still", () => {
  assert.deepEqual(windowOf({ span: 60 }, NOW), { from: NOW - 60, to: NOW })
  assert.deepEqual(windowOf({ from: 1, to: 61 }, NOW), { from: 1, to: 61 })
})

test("a drag over two seconds shows ten, and never what has not come yet", () => {
  assert.deepEqual(zoom(100.2, 101.9, NOW), { from: 100, to: 110 })
  assert.deepEqual(zoom(NOW - 3, NOW, NOW), { from: NOW - 10, to: NOW })
  assert.deepEqual(zoom(100, 400, NOW), { from: 100, to: 400 })
})

test("zooming out keeps the middle, and is live again where it reaches the present", () => {
  assert.deepEqual(zoomOut({ from: 1000, to: 1100 }, NOW), { from: 950, to: 1150 })
  assert.deepEqual(zoomOut({ from: NOW - 450, to: NOW }, NOW), { span: 900 })
  assert.deepEqual(zoomOut({ span: 3600 }, NOW), { span: 7200 })
})

test("earlier and later go by half a window, and later ends in the present", () => {
  const earlier = shift({ span: 900 }, -1, NOW)
  assert.deepEqual(earlier, { from: NOW - 1350, to: NOW - 450 })
  assert.ok(isLive(shift(earlier, 1, NOW)))
  assert.deepEqual(shift({ from: 1000, to: 1100 }, 1, NOW), { from: 1050, to: 1150 })
  assert.deepEqual(goOn({ from: 1000, to: 1058 }), { span: 60 })
})

const SERIES = ["web-10", "web-9", "db"].map((name) => ({ key: name, name }))
const names = (list) => list.map(({ name }) => name)

test("a legend hides one, shows only one, and brings all back", () => {
  const choice = new Choice()
  choice.toggle("db")
  assert.deepEqual(names(choice.shown(SERIES)), ["web-10", "web-9"])
  choice.isolate("db", names(SERIES))
  assert.deepEqual(names(choice.shown(SERIES)), ["db"])
  choice.isolate("db", names(SERIES))
  assert.equal(choice.shown(SERIES).length, 3)
})

test("a legend is sorted by name as people count, or by size with the unknown last", () => {
  const choice = new Choice()
  const summaries = { "web-10": { last: 1, max: 9 }, db: { last: 5, max: 5 } }
  const sorted = (order) => {
    choice.order = order
    return names(choice.sorted(SERIES, (key) => summaries[key] ?? null))
  }
  assert.deepEqual(sorted("name"), ["db", "web-9", "web-10"])
  assert.deepEqual(sorted("last"), ["db", "web-10", "web-9"])
  assert.deepEqual(sorted("max"), ["web-10", "db", "web-9"])
  assert.deepEqual(sorted("given"), names(SERIES))
})

/** A queue whose frames come when they are asked for, and drawings that take 3 ms each. */
function queueOf(names) {
  const frames = []
  const done = []
  let now = 0
  const queue = new DrawQueue({ nextFrame: (work) => frames.push(work), clock: () => now })
  const drawings = names.map((name) => ({ draw: () => { done.push(name); now += 3 }, say: () => done.push(`${name}!`) }))
  return { queue, drawings, done, frames, frame: () => frames.shift()() }
}

test("drawing takes only so much of a frame, goes on in the next, and does nothing twice", () => {
  const { queue, drawings, done, frames, frame } = queueOf(["a", "b", "c"])
  for (const drawing of [...drawings, ...drawings]) queue.add(drawing)
  assert.equal(frames.length, 1)
  frame()
  assert.deepEqual(done, ["a", "a!", "b", "b!"])
  frame()
  assert.deepEqual(done.slice(4), ["c", "c!"])
  assert.equal(frames.length, 0)
})

test("what goes on each second is spread over the frames, and what somebody waits for comes first", () => {
  const { queue, drawings, done, frames, frame } = queueOf(Array.from({ length: 20 }, (_, place) => `p${place}`))
  for (const drawing of drawings) queue.goOn(drawing)
  frame()
  assert.deepEqual(done, ["p0", "p0!"])
  queue.add(drawings[7])
  queue.goOn(drawings[7])
  queue.remove(drawings[1])
  frame()
  frame()
  assert.deepEqual(done.slice(2), ["p7", "p7!", "p2", "p2!"])
  while (frames.length) frame()
  assert.equal(done.length, 2 * 19)
})

test("words alone keep no chart from being drawn", () => {
  const { queue, drawings, done, frames, frame } = queueOf(Array.from({ length: 20 }, (_, place) => `p${place}`))
  for (const drawing of drawings) {
    queue.goOn(drawing)
    queue.say(drawing)
  }
  for (let count = 0; count < 20; count += 1) frame()
  assert.equal(frames.length, 0)
  assert.equal(done.filter((name) => !name.endsWith("!")).length, 20)
})
