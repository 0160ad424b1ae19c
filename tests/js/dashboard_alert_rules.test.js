import assert from "node:assert/strict"
import { test } from "node:test"

import { inWords, join, split } from "../../dashboard/static/dashboard/durations.js"
import { withRoom } from "../../dashboard/static/dashboard/plot_marks.js"
import { asKind, beginning, definitionOf, fromJson, toJson } from "../../dashboard/static/dashboard/rule_draft.js"
import { marksFor, watching, worst } from "../../dashboard/static/dashboard/panel_rules.js"
import { fieldOf, plainly } from "../../dashboard/static/dashboard/rule_errors.js"
import { marksOf, sentence, unitOf } from "../../dashboard/static/dashboard/rule_words.js"
import { firings, spansOf, verdict } from "../../dashboard/static/dashboard/spans.js"
import { usualHours, usualLines } from "../../dashboard/static/dashboard/usual.js"
import "./support/vendor.js"

const { LocalTimes } = await import("../../dashboard/static/dashboard/local_times.js")

const METRICS = Object.fromEntries([["cpu", "percent"], ["sent", "bytes", "counter"], ["got", "bytes"], ["errors", ""]]
  .map(([name, unit, kind = "gauge"]) => [name, { kind, unit }]))
const about = { metrics: METRICS, ruleTitle: (id) => `Rule ${id}` }
const asking = (kind, more = {}) => ({ kind, query: { metric: "cpu", where: {}, fn: "avg" }, over: 60, ...more })
const said = (condition, more = {}) => sentence({ condition, for: 0, group_by: [], ...more }, about)

test("a length of time is said in two units at most, and kept in the largest one that holds it", () => {
  assert.deepEqual([0, 42, 2520, 3900, 187_200].map(inWords), ["0 s", "42 s", "42 min", "1 h 5 min", "2 d 4 h"])
  assert.deepEqual([0, 90, 300, 7200, 86_400].map(split).map(({ count, unit }) => `${count} ${unit}`), ["0 min", "90 s", "5 min", "2 h", "1 d"])
  assert.equal(join("5", "min"), 300)
  assert.ok(Number.isNaN(join("", "min")))
})

test("every kind of condition is a sentence", () => {
  assert.equal(said(asking("threshold", { above: 90 }), { for: 300, group_by: ["host"] }),
    "Fires when the average of cpu over 1 min is above 90 %, for 5 min at least, for each host.")
  assert.equal(said(asking("change", { below: -20, window: 600, percent: true })), "Fires when the average of cpu over 1 min falls by more than 20 % within 10 min.")
  assert.equal(said(asking("no_data")), "Fires when nothing has come in of cpu for 1 min.")
  assert.match(said(asking("anomaly", { deviations: 5, direction: "above" })), /5 deviations above what is usual/)
  assert.equal(said({ kind: "composite", all: [1, 2], any: [], none: [3] }), "Fires when “Rule 1” and “Rule 2” fire together and “Rule 3” does not.")
})

test("values have the unit of what is looked at", () => {
  const unit = (query) => unitOf(asking("threshold", { query }), METRICS)
  assert.equal(unit({ metric: "sent", fn: "rate" }), "bytes/s")
  assert.equal(unit({ metric: "sent", fn: "moving_avg" }), "bytes/s")
  assert.equal(unit({ metric: "got", fn: "moving_avg" }), "bytes")
  assert.equal(unit({ metric: "sent", fn: "count" }), "")
  assert.equal(unit({ metric: "sent", fn: "sum", ratio_to: { metric: "got" } }), "ratio")
  assert.equal(unit({ metric: "sent", fn: "sum", ratio_to: { metric: "errors" } }), "")
})

test("a limit is drawn with what it means, and one far off makes no chart flat unless it has to be seen", () => {
  const marks = marksOf(asking("threshold", { above: 90, recover: 80 }), "percent")
  assert.deepEqual(marks.map(({ value, words }) => [value, words]), [[90, "above 90 %"], [80, "recovers at 80 %"]])
  assert.deepEqual(withRoom(marks, 0, 35).map(({ value }) => value), [80])
  assert.equal(withRoom(marksOf(asking("threshold", { above: 90 }), "percent", { isAlways: true }), NaN, NaN).length, 1)
  assert.deepEqual(marksOf(asking("no_data"), "percent"), [])
})

test("a rule from a panel asks what the panel asks, for each of its lines, from its worst threshold on", () => {
  const panel = { title: "CPU", queries: [{ metric: "cpu", fn: "max", by: ["host"], where: { zone: "eu" } }], thresholds: [{ value: 70, state: "warn" }, { value: 90, state: "critical" }] }
  const { title, condition, group_by: by, severity } = beginning({ board: "web", panel })
  assert.deepEqual([title, by, severity, condition.above], ["CPU", ["host"], "critical", 90])
  assert.deepEqual([condition.query.metric, condition.query.by, condition.query.where], ["cpu", [], { zone: "eu" }])
})

test("another kind of condition keeps what it can", () => {
  const change = asKind("change", asking("threshold", { above: 5, recover: 3 }))
  assert.deepEqual([change.above, change.recover, change.window, change.query.metric], [5, 3, 600, "cpu"])
  assert.deepEqual(asKind("composite", change), { kind: "composite", all: [], any: [], none: [] })
  assert.equal(asKind("threshold", asKind("composite", change)).query.metric, "")
})

test("what a bound recovers at is no number of deviations", () => {
  const usual = asKind("anomaly", asking("threshold", { above: 25, recover: 22 }))
  assert.equal(usual.recover, null)
  assert.equal(asKind("threshold", { ...usual, recover: 3 }).recover, null)
})

test("what is exported can be imported without what the site adds, and nonsense is refused with a reason", () => {
  const stored = { ...beginning({}), title: "A", id: 7, version: 3, explanation: "…", error: "", updated_at: "…", deleted: false }
  assert.deepEqual(fromJson(toJson(stored)), definitionOf(stored))
  assert.deepEqual(fromJson('{"title": "A", "condition": {"kind": "no_data", "query": {"metric": "m"}}}').condition.over, 300)
  assert.throws(() => fromJson("{"), /not JSON/)
  assert.throws(() => fromJson("{}"), /"condition"/)
  assert.throws(() => fromJson('{"condition": {"kind": "gut feeling"}}'), /"kind"/)
})

test("a backtest counts each time that somebody would have been told, until it was over", () => {
  const span = (state, from, to) => ({ state, from, to })
  const series = [
    { labels: { host: "a" }, spans: [span("ok", 0, 60), span("pending", 60, 120), span("firing", 120, 240), span("recovering", 240, 300), span("firing", 300, 600), span("ok", 600, 900)] },
    { labels: { host: "b" }, spans: [span("firing", 0, 60), span("ok", 60, 840), span("firing", 840, 900)] },
  ]
  const found = firings(series)
  assert.deepEqual(found.map(({ labels, from, to }) => [labels.host, from, to]), [["b", 840, 900], ["a", 120, 600], ["b", 0, 60]])
  assert.equal(verdict(found), "would have fired 3 times, 10 min in all")
  assert.equal(verdict(found.slice(0, 1)), "would have fired once, 1 min in all")
  assert.equal(verdict([]), "would not have fired")
})

test("how it stands lasts until now, and what was done about it is no state", () => {
  const change = (state, minute, kind = "state") => ({ kind, state, at: `2026-01-01T10:0${minute}:00Z` })
  const now = Date.parse("2026-01-01T10:09:00Z") / 1000
  const spans = spansOf([change("ok", 5), change("firing", 3, "acknowledged"), change("firing", 2), change("pending", 1)], now)
  assert.deepEqual(spans.map(({ state, from, to }) => [state, (to - from) / 60]), [["pending", 1], ["firing", 3], ["ok", 4]])
})

test("what is wrong is said of the field that says it, in words for people", () => {
  assert.equal(fieldOf("wanted.definition.condition.threshold.above"), "condition.above")
  assert.equal(fieldOf("definition.condition.composite"), "condition")
  assert.equal(fieldOf("definition.mute_times.0.days"), "mute_times.0.days")
  assert.equal(plainly("Value error, Give the rule a title."), "Give the rule a title.")
  assert.equal(plainly("Input should be less than or equal to 3600", true), "At most 1 h.")
  assert.equal(plainly("Input should be greater than or equal to 2"), "At least 2.")
})

test("a rule watches a panel that shows its metric, and its limit is drawn where the numbers are the same", () => {
  const rule = (id, query, more = {}) => ({ id, enabled: true, condition: asking("threshold", { query, above: 90 }), ...more })
  const rules = [
    rule(1, { metric: "cpu", fn: "avg", where: {} }), rule(2, { metric: "cpu", fn: "max", where: { host: "a" } }), rule(3, { metric: "cpu", fn: "avg", where: { host: "b" } }),
    rule(4, { metric: "sent", fn: "avg", where: {} }), rule(5, { metric: "cpu", fn: "avg", where: {} }, { enabled: false }), { id: 6, enabled: true, condition: { kind: "composite", all: [1] } },
  ]
  const panel = { unit: "", queries: [{ metric: "cpu", fn: "avg", where: { host: "a" } }] }
  const found = watching(rules, panel)
  assert.deepEqual(found.map(({ id }) => id), [1, 2])
  assert.deepEqual(marksFor(found, panel, METRICS).map(({ words }) => words), ["above 90 %"])
  const rate = { unit: "bytes/s", queries: [{ metric: "sent", fn: "rate" }] }
  assert.deepEqual(marksFor([rule(7, { metric: "sent", fn: "rate" })], rate, METRICS).map(({ words }) => words), ["above 90 B/s"])
  assert.deepEqual(watching(rules, { type: "text" }), [])
  const alerts = [["pending", 1], ["firing", 4], ["recovering", 2]].map(([state, of], id) => ({ id, rule: of, state, severity: "warning", silenced: false, since: "" }))
  assert.equal(worst(found, alerts).state, "recovering")
  assert.equal(worst([], alerts), null)
})

test("the hours that say what is usual are those of the reader's own clock, the lines those of the rule", () => {
  const now = Date.parse("2026-11-22T14:20:00Z") / 1000
  const said = usualHours(2, now, new LocalTimes("Asia/Kolkata")).replaceAll(/\s/g, " ")
  assert.equal(said, "Sunday, 7:30 PM – 8:30 PM, of Nov 15 and Nov 8")
  const lines = usualLines([[60, 10, 2]], { deviations: 3, least: 7, direction: "above" })
  assert.deepEqual(lines.map(({ name, points }) => [name, points]), [["usual", [[60, 10]]], ["unusual above", [[60, 17]]]])
})
