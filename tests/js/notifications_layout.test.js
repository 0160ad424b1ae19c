import assert from "node:assert/strict"
import { test } from "node:test"

import { matches, NOTHING, queryOf, readFilters } from "../../notifications/static/notifications/filters.js"
import { grouped, orderOf } from "../../notifications/static/notifications/groups.js"
import { meaning } from "../../notifications/static/notifications/keys.js"
import { Selection } from "../../notifications/static/notifications/selection.js"
import { withCount } from "../../notifications/static/notifications/title_badge.js"
import { Times } from "../../project/static/project/times.js"
import { notification, START } from "./support/notifications.js"

const NOW = Date.parse(START) // a Monday
const vienna = new Times("Europe/Vienna")

test("filters are in the address, but for what is as usual", () => {
  const filters = { show: "all", kind: "", priority: "4", q: "disk full" }
  assert.equal(queryOf(filters), "?show=all&priority=4&q=disk+full")
  assert.deepEqual(readFilters(queryOf(filters)), filters)
  assert.equal(queryOf(NOTHING), "")
})

test("filters let through what the server would", () => {
  const such = (fields, filters) => matches(notification(fields), { ...NOTHING, ...filters })
  assert.ok(such({}, {}))
  assert.ok(!such({ read_at: START }, {}))
  assert.ok(such({ read_at: START }, { show: "all" }))
  assert.ok(!such({ snoozed_until: START }, { show: "all" }))
  assert.ok(such({ snoozed_until: START }, { show: "snoozed" }))
  assert.ok(!such({ kind: "mention" }, { kind: "reply" }))
  assert.ok(such({ priority: 5 }, { priority: "4" }))
  assert.ok(!such({ priority: 3 }, { priority: "4" }))
  assert.ok(such({ title: "The Disk is full" }, { q: "full disk" }))
  assert.ok(such({ source_name: "#ops" }, { q: "OPS" }))
  assert.ok(!such({}, { q: "disk zebra" }))
})

test("days are those of the reader, and sources stand together in them", () => {
  const list = [
    notification({ id: 4, updated_at: "2026-03-02T00:30:00.000Z", source: "room.1", source_name: "#ops" }),
    notification({ id: 3, updated_at: "2026-03-01T23:30:00.000Z" }),
    notification({ id: 2, updated_at: "2026-03-01T23:10:00.000Z", source: "room.1", source_name: "#ops" }),
    notification({ id: 1, updated_at: "2026-03-01T22:30:00.000Z", source: "", source_name: "" }),
  ]
  const days = grouped(list, { kinds: new Map([["notice", { title: "Notices" }]]), times: vienna }, NOW)
  assert.deepEqual(days.map(({ name, sources }) => [name, sources.map((group) => group.name)]), [
    ["Today", ["#ops", "disks"]],
    ["Yesterday", ["Notices"]],
  ])
  assert.deepEqual(orderOf(days), [4, 2, 3, 1])
})

test("tomorrow and next week begin in the reader's morning, also when the clocks are changed", () => {
  assert.equal(vienna.later("hour", NOW), "2026-03-02T10:00:00.000Z")
  assert.equal(vienna.later("tomorrow", NOW), "2026-03-03T07:00:00.000Z")
  assert.equal(vienna.later("week", NOW), "2026-03-09T07:00:00.000Z")
  const saturday = Date.parse("2026-03-28T12:00:00Z") // summer time begins that night
  assert.equal(vienna.later("tomorrow", saturday), "2026-03-29T06:00:00.000Z")
  assert.equal(vienna.later("week", saturday), "2026-03-30T06:00:00.000Z")
  assert.equal(new Times("America/New_York").later("tomorrow", Date.parse("2026-03-03T03:00:00Z")), "2026-03-03T13:00:00.000Z")
})

test("how long ago", () => {
  const ago = (ms) => vienna.ago(new Date(NOW - ms).toISOString(), NOW)
  assert.deepEqual([ago(5_000), ago(300_000), ago(7_200_000), ago(86_400_000)], ["now", "5 min", "2 h", "Yesterday"])
})

test("a key means something only where nobody types, and with nothing held down", () => {
  const on = (selector) => ({ closest: (asked) => (asked.includes(selector) ? {} : null) })
  assert.equal(meaning({ key: "e", target: on("article") }), "read")
  assert.equal(meaning({ key: "e", target: on("textarea") }), null)
  assert.equal(meaning({ key: "e", ctrlKey: true, target: on("article") }), null)
  assert.equal(meaning({ key: "e", isComposing: true, target: on("article") }), null)
  assert.equal(meaning({ key: "Enter", target: on("button") }), null)
  assert.equal(meaning({ key: "e", target: on("button") }), "read")
  assert.equal(meaning({ key: "Escape", target: on("button") }), "selectNone")
})

test("the keys move through the list and stay in it", () => {
  const selection = new Selection()
  selection.keep([5, 6, 7])
  assert.deepEqual([1, 1, 1, 1, -1].map((step) => selection.move(step)), [5, 6, 7, 7, 6])
})

test("when the current one leaves the list, the next one takes its place, or the one before", () => {
  const selection = new Selection()
  selection.keep([5, 6, 7])
  selection.make(6)
  selection.keep([5, 7])
  assert.equal(selection.current, 7)
  selection.keep([5])
  assert.equal(selection.current, 5)
  selection.keep([])
  assert.equal(selection.current, null)
})

test("an action is about what is ticked, else about the current one", () => {
  const selection = new Selection()
  selection.keep([5, 6, 7, 8])
  assert.deepEqual(selection.targets, [])
  selection.make(6)
  assert.deepEqual(selection.targets, [6])
  selection.extendTo(8)
  assert.deepEqual(selection.targets, [6, 7, 8])
  selection.keep([5, 7])
  assert.deepEqual(selection.targets, [7])
  selection.tickAll(false)
  assert.deepEqual(selection.targets, [7])
})

test("a range goes from the one that was ticked last, wherever the reader is", () => {
  const selection = new Selection()
  selection.keep([5, 6, 7, 8])
  selection.toggle(5)
  selection.make(7)
  selection.extendTo(7)
  assert.deepEqual(selection.ticked, [5, 6, 7])
})

test("the title has the count before it, and loses it", () => {
  assert.equal(withCount("Settings · Watchroom", 3), "(3) Settings · Watchroom")
  assert.equal(withCount("(3) Settings · Watchroom", 12), "(12) Settings · Watchroom")
  assert.equal(withCount("(3) Settings · Watchroom", 0), "Settings · Watchroom")
})
