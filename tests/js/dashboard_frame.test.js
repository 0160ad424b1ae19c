import assert from "node:assert/strict"
import { test } from "node:test"

import { rowsOf, toCsv } from "../../dashboard/static/dashboard/csv.js"
import { Frame, stacked, summary } from "../../dashboard/static/dashboard/frame.js"

const series = (points, fields = {}) => ({ key: "a", name: "A", labels: {}, points, ...fields })
const every = (step, from, to, value = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, place) => [from + place * step, value])
const described = (key) => ({ name: key.toUpperCase(), labels: {} })

test("a frame has a place for every step, and null where nothing was measured", () => {
  const frame = new Frame({ from: 100, to: 105, step: 1, series: [series([[100, 1], [102, 3], [103, null]])] })
  assert.deepEqual(frame.times(), [100, 101, 102, 103, 104])
  assert.deepEqual(frame.series[0].values, [1, null, 3, null, null])
})

test("a tick goes on where the history ends, and one that is in the history changes nothing", () => {
  const frame = new Frame({ from: 100, to: 103, step: 1, series: [series([[100, 1], [101, 2], [102, 3]])] })
  frame.apply(102, [["a", 3]], described)
  frame.apply(103, [["a", 4]], described)
  frame.apply(103, [["a", 4]], described)
  assert.deepEqual(frame.series[0].values, [1, 2, 3, 4])
  assert.deepEqual(frame.times(), [100, 101, 102, 103])
})

test("a tick after a silence leaves the silence as places without a value", () => {
  const frame = new Frame({ from: 100, to: 101, step: 1, series: [series([[100, 1]])] })
  frame.apply(104, [["a", 5]], described)
  assert.deepEqual(frame.series[0].values, [1, null, null, null, 5])
  assert.deepEqual(frame.missing(100, 105), [[101, 104]])
})

test("a revised tick corrects its own window, and one from before the frame is of no concern", () => {
  const frame = new Frame({ from: 100, to: 103, step: 1, series: [series([[100, 1], [101, 2], [102, 3]])] })
  frame.apply(101, [["a", 9]], described)
  frame.apply(99, [["a", 7]], described)
  assert.deepEqual(frame.series[0].values, [1, 9, 3])
})

test("a series that comes up while the board is open begins where it begins", () => {
  const frame = new Frame({ from: 100, to: 102, step: 1, series: [series([[100, 1], [101, 1]])] })
  frame.apply(102, [["a", 1], ["b", 2]], described)
  assert.deepEqual(frame.series[1].values, [null, null, 2])
  assert.equal(frame.series[1].name, "B")
})

test("where series are left out, only a new answer brings others", () => {
  const frame = new Frame({ from: 100, to: 102, step: 1, series: [series([[100, 1], [101, 1]])], more: 3 })
  assert.equal(frame.apply(102, [["a", 2]], described), true)
  assert.equal(frame.apply(103, [["a", 3], ["b", 2]], described), false)
  assert.ok(frame.merge(new Frame({ from: 103, to: 105, step: 1, series: [series([[103, 3], [104, 5]]), { ...series([[104, 6]]), key: "b" }], more: 3 })))
  assert.deepEqual(frame.series.map(({ key, values }) => [key, values]), [["a", [1, 1, 2, 3, 5]]])
})

test("a list of the largest takes in what comes up among them, and says that it knows no more of it", () => {
  const frame = new Frame({ from: 100, to: 102, step: 1, series: [series([[100, 1], [101, 1]])], more: 3, isList: true })
  assert.equal(frame.apply(102, [["a", 2]], described), true)
  assert.equal(frame.apply(103, [["a", 3], ["b", 2]], described), false)
  assert.equal(frame.merge(new Frame({ from: 103, to: 105, step: 1, series: [series([[103, 3], [104, 5]])] })), false)
  assert.deepEqual(frame.series.map(({ key, joined, values }) => [key, joined, values.at(-1)]), [["a", undefined, 5], ["b", true, null]])
  assert.deepEqual([frame.told, frame.count], [1, 4])
})

test("a series of which nothing is known any more goes, and the others keep their colours", () => {
  const frame = new Frame({ from: 0, to: 100, step: 1, series: [series(every(1, 0, 100)), { ...series([[499, 1]]), key: "b" }] })
  frame.apply(499, [["b", 1]], described)
  frame.trim(300)
  assert.deepEqual(frame.series.map(({ key, hue }) => [key, hue]), [["b", 1]])
  frame.apply(500, [["c", 1]], described)
  assert.deepEqual(frame.series.map(({ hue }) => hue), [1, 2])
})

test("what lies long before what is shown is forgotten, and the times stay right", () => {
  const frame = new Frame({ from: 0, to: 500, step: 1, series: [series(every(1, 0, 500))] })
  frame.trim(100)
  assert.equal(frame.start, 0)
  frame.trim(300)
  assert.equal(frame.start, 300)
  assert.equal(frame.series[0].values.length, 200)
  assert.equal(frame.end, 500)
})

test("measurements that come every 15 seconds are joined, and an outage among them is not", () => {
  const points = [...every(15, 0, 90), ...every(15, 300, 360)]
  const frame = new Frame({ from: 0, to: 360, step: 1, series: [series(points)] })
  assert.equal(frame.series[0].reach, 38)
  assert.deepEqual(frame.missing(0, 360), [[76, 300]])
})

test("time is missing only where no series knows anything of it", () => {
  const frame = new Frame({
    from: 0, to: 10, step: 1,
    series: [series(every(1, 0, 4)), series(every(1, 3, 6), { key: "b" }), series(every(1, 8, 10), { key: "c" })],
  })
  assert.deepEqual(frame.missing(0, 10), [[6, 8]])
  assert.deepEqual(frame.missing(0, 10, frame.series.slice(0, 1)), [[4, 10]])
  assert.deepEqual(new Frame({ from: 0, to: 10, step: 1, series: [] }).missing(0, 10), [[0, 10]])
})

test("a newer answer for the end of a frame replaces that end", () => {
  const frame = new Frame({ from: 0, to: 50, step: 10, series: [series(every(10, 0, 50))] })
  assert.ok(frame.merge(new Frame({ from: 40, to: 60, step: 10, series: [series([[40, 5], [50, 6]])] })))
  assert.deepEqual(frame.series[0].values, [1, 1, 1, 1, 5, 6])
  assert.ok(!frame.merge(new Frame({ from: 40, to: 60, step: 1, series: [] })))
})

test("a summary is of what is there", () => {
  assert.deepEqual(summary([null, 4, null, 2, null]), { count: 2, last: 2, min: 2, max: 4, avg: 3 })
  assert.deepEqual(summary([1, 4, 8], 1, 1), { count: 1, last: 4, min: 4, max: 4, avg: 4 })
  assert.equal(summary([null, null]), null)
})

test("what a series is now was measured lately, in a place that is over if there is one", () => {
  const frame = new Frame({ from: 0, to: 600, step: 60, series: [series([[480, 8], [540, 9]]), series([[120, 1], [540, 9]]), series([[120, 1]])] })
  assert.deepEqual(frame.series.map((one) => frame.newest(one, 570, 3)), [8, 9, null])
  assert.deepEqual(frame.series.map((one) => frame.at(one, 570, 1)), [9, 9, null])
})

test("what is stacked stands on what is there", () => {
  const one = (values, reach = 1) => ({ values, reach })
  assert.deepEqual(stacked([one([1, null, 3]), one([10, 20, null])]), [[1, null, 3], [11, 20, null]])
  assert.deepEqual(stacked([one([1, null, null, 1], 2), one([1, 1, 1, 1])]), [[1, 1, null, 1], [2, 2, 1, 2]])
})

test("a file has what is shown, a line for each time with a value", () => {
  const frame = new Frame({
    from: 0, to: 4, step: 1,
    series: [series([[0, 1], [2, 2.5]], { name: "a, b" }), series([[2, 3], [3, 4]], { key: "b", name: "=2+2" })],
  })
  assert.deepEqual(rowsOf(frame, frame.series, { from: 1, to: 3 }), [{ time: 2, values: [2.5, 3] }])
  assert.equal(
    toCsv(frame, frame.series, { from: 0, to: 4 }),
    'time,"a, b",\'=2+2\r\n1970-01-01T00:00:00.000Z,1,\r\n1970-01-01T00:00:02.000Z,2.5,3\r\n1970-01-01T00:00:03.000Z,,4\r\n',
  )
})
