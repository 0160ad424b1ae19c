import assert from "node:assert/strict"
import { test } from "node:test"

import { Frame } from "../../dashboard/static/dashboard/frame.js"
import { PresentValue } from "../../dashboard/static/dashboard/present_value.js"

const EACH = { reach: 1 }

function present(points, { step = 1, to = 104 } = {}) {
  const it = new PresentValue()
  it.begin(new Frame({ from: 100, to, step, series: [{ key: "a", name: "A", labels: {}, points }] }), to)
  return it
}

const tick = (t, more = {}) => ({ t, step: 1, revised: false, ...more })
const late = (t) => tick(t, { revised: true })

test("it is the newest of a snapshot until a tick says another", () => {
  const it = present([[100, 1], [102, 3]])
  assert.equal(it.at(104, EACH, 1), 3)
  it.hear(tick(104), ["a", 5])
  assert.equal(it.at(105, EACH, 1), 5)
})

test("a correction of the newest is followed, and one of what was before it is not", () => {
  const it = present([[100, 1]])
  it.hear(tick(104), ["a", 5])
  it.hear(late(104), ["a", 6])
  assert.equal(it.at(105, EACH, 1), 6)
  it.hear(late(103), ["a", 9])
  assert.equal(it.at(105, EACH, 1), 6)
})

test("what comes late, after ticks that had nothing, is the newest all the same", () => {
  const it = present([[100, 1]])
  it.hear(late(103), ["a", 52])
  assert.equal(it.at(106, EACH, 1), 52)
})

test("a place that has only begun is no newer than what the snapshot tells", () => {
  const it = present([[60, 1], [120, 2]], { step: 60, to: 125 })
  it.hear(late(126), ["a", 7])
  assert.equal(it.at(130, EACH, 60), 7)
})

test("what is not of now is not said to be, and neither is what is one of many", () => {
  const it = present([[103, 4]])
  assert.equal(it.at(115, EACH, 1), 4)
  assert.equal(it.at(116, EACH, 1), null)
  const series = ["a", "b"].map((key) => ({ key, name: key, labels: {}, points: [[103, 4]] }))
  it.begin(new Frame({ from: 100, to: 104, step: 1, series }), 104)
  assert.equal(it.at(104, EACH, 1), null)
})
