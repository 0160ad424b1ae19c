import assert from "node:assert/strict"
import { test } from "node:test"

import { diff } from "../../dashboard/static/dashboard/diff.js"
import { Draft } from "../../dashboard/static/dashboard/draft.js"
import { labelsOf, labelsText } from "../../dashboard/static/dashboard/label_text.js"
import { suitQuery, unsuited } from "../../dashboard/static/dashboard/query_fields.js"
import { dialOf, stateOf } from "../../dashboard/static/dashboard/thresholds.js"
import "./support/vendor.js"

const { LocalTimes } = await import("../../dashboard/static/dashboard/local_times.js")

const panel = (id, fields = {}) => ({ id, type: "line", title: id.toUpperCase(), w: 6, h: 5, queries: [], ...fields })
const board = (...panels) => ({ title: "Ops", panels })
const ids = (draft) => draft.panels.map(({ id }) => id)

test("a draft is changed only while it differs from what was saved", () => {
  const draft = new Draft(board(panel("a"), panel("b")))
  draft.move("a", 1)
  assert.deepEqual(ids(draft), ["b", "a"])
  assert.ok(draft.isChanged)
  draft.move("a", -1)
  assert.ok(!draft.isChanged)
  draft.move("a", -1)
  assert.deepEqual(ids(draft), ["a", "b"])
})

test("a copy stands behind its original and has an id of its own", () => {
  const draft = new Draft(board(panel("p1"), panel("p2")))
  assert.equal(draft.duplicate("p1"), "p3")
  assert.deepEqual(ids(draft), ["p1", "p3", "p2"])
  draft.remove("p1")
  assert.equal(draft.blank("stat").id, "p1")
})

test("a panel is as wide as the board at most", () => {
  const draft = new Draft(board(panel("a")))
  draft.resize("a", { w: 9 })
  assert.equal(draft.find("a").w, 12)
  draft.resize("a", { h: -9 })
  assert.equal(draft.find("a").h, 1)
})

test("what is exported can be imported, and nonsense is refused with a reason and changes nothing", () => {
  const [draft, other] = [new Draft(board(panel("a"))), new Draft(board())]
  other.fromJson(draft.toJson())
  assert.equal(other.toJson(), draft.toJson())
  assert.throws(() => other.fromJson("{"), /not JSON/)
  assert.throws(() => other.fromJson("[]"), /"panels"/)
  assert.throws(() => other.fromJson(JSON.stringify(board(panel("a"), panel("a")))), /Two panels/)
  assert.throws(() => other.fromJson(JSON.stringify(board(panel("a", { type: "pie" })))), /no known type/)
  assert.deepEqual(ids(other), ["a"])
})

test("a diff says what was added, removed, moved, renamed, and which fields have changed to what", () => {
  const before = board(panel("a"), panel("b", { unit: "s" }), panel("c"))
  const after = { title: "Operations", panels: [panel("c"), panel("b", { unit: "ms" }), panel("d")] }
  assert.deepEqual(diff(before, after), [
    { kind: "renamed", title: "Operations", fields: [{ name: "title", before: "Ops", after: "Operations" }] },
    { kind: "changed", title: "B", fields: [{ name: "unit", before: "s", after: "ms" }] },
    { kind: "added", title: "D", fields: [] },
    { kind: "removed", title: "A", fields: [] },
    { kind: "moved", title: "C", fields: [] },
    { kind: "moved", title: "B", fields: [] },
  ])
})

test("the order of keys makes no difference, and neither does what moves up because another left", () => {
  const query = { where: { a: "1", b: "2" }, metric: "m" }
  const same = { metric: "m", where: { b: "2", a: "1" } }
  assert.deepEqual(diff(board(panel("x", { queries: [query] })), board(panel("x", { queries: [same] }))), [])
  assert.deepEqual(diff(board(panel("a"), panel("b"), panel("c")), board(panel("b"), panel("c"))).map(({ kind }) => kind), ["removed"])
})

test("labels are written as people write them, and read back", () => {
  assert.equal(labelsText({ room: "7", host: "a b" }), "room=7, host=a b")
  assert.deepEqual(labelsOf(" room = 7 ,host=a b,"), { room: "7", host: "a b" })
  assert.deepEqual(labelsOf(""), {})
  assert.throws(() => labelsOf("room"), /name=value/)
})

test("a value has the state of the highest threshold it has reached", () => {
  const thresholds = [{ value: 90, state: "critical" }, { value: 70, state: "warn" }]
  assert.deepEqual([null, 10, 70, 95].map((value) => stateOf(value, thresholds)), ["unknown", "ok", "warn", "critical"])
  assert.equal(stateOf(5), "ok")
})

test("a dial ends where somebody says, where its unit does, or at the highest that is shown", () => {
  assert.deepEqual(dialOf({ min: 5, max: 50, unit: "percent" }, 7), { low: 5, high: 50, isKnown: true })
  assert.deepEqual(dialOf({ unit: "ratio" }, 0.2), { low: 0, high: 1, isKnown: true })
  assert.deepEqual(dialOf({ unit: "" }, 14.7), { low: 0, high: 14.7, isKnown: false })
  assert.deepEqual(dialOf({}), { low: 0, high: 0, isKnown: false })
})

const KINDS = { requests: "counter", load: "gauge", took: "histogram" }
const kindOf = (metric) => KINDS[metric]

test("a metric is looked at as its kind usually is, until somebody says how", () => {
  const [metric, fn] = [{ value: "" }, { value: "avg" }]
  const query = { dataset: {}, querySelector: (selector) => ({ "[data-field=metric]": metric, "[data-field=fn]": fn })[selector] }
  const choose = (name) => {
    metric.value = name
    suitQuery(query, metric, kindOf)
    return fn.value
  }
  assert.deepEqual(["requests", "took", "unheard_of", "load"].map(choose), ["rate", "p95", "p95", "avg"])
  fn.value = "max"
  suitQuery(query, fn, kindOf)
  assert.equal(choose("requests"), "max")
})

test("a heatmap of what is no histogram says so", () => {
  assert.match(unsuited({ type: "heatmap", queries: [{ metric: "load" }] }, kindOf), /load is a gauge/)
  const fine = [["heatmap", "took"], ["heatmap", "unheard_of"], ["line", "load"]]
  assert.deepEqual(fine.map(([type, metric]) => unsuited({ type, queries: [{ metric }] }, kindOf)), ["", "", ""])
})

test("times are those of the reader, and as fine as what is shown", () => {
  const vienna = new LocalTimes("Europe/Vienna")
  const noon = Date.parse("2026-03-28T11:00:00Z") / 1000
  assert.equal(vienna.field(noon), "2026-03-28T12:00:00")
  assert.equal(vienna.fromField("2026-03-28T12:00:00"), noon)
  assert.equal(vienna.fromField("2026-03-29T12:00:00"), noon + 23 * 3600) // summer time begins
  assert.ok(Number.isNaN(vienna.fromField("")))
  assert.deepEqual(vienna.marks([noon, noon + 15], 15).map((text) => text.match(/:(\d\d)\D*$/)[1]), ["00", "15"])
  const day = Date.parse("2026-03-28T00:00:00Z") / 1000
  assert.match(vienna.moment(day, 86_400), /28.*1:00|1:00.*28/) // days are those of UTC
  assert.doesNotMatch(new LocalTimes("UTC").moment(day, 86_400), /:/)
  assert.match(vienna.marks([noon + 12 * 3600, noon + 13 * 3600], 3600)[0], /29|Mar/)
})
