import assert from "node:assert/strict"
import { test } from "node:test"

import { readFilters, queryOf, sections } from "../../dashboard/static/dashboard/alert_filters.js"
import { inOrder, Watch } from "../../dashboard/static/dashboard/watch.js"

const NOW = Date.parse("2026-01-01T10:00:00Z") / 1000
const rule = (id, more = {}) => ({ id, title: `Rule ${id}`, board: "web", severity: "warning", deleted: false, condition: { kind: "threshold" }, ...more })
const alert = (id, more = {}) => ({
  id, rule: 1, title: "Rule 1", board: "web", labels: {}, severity: "warning", state: "firing", value: 1, since: "2026-01-01T09:00:00.000Z",
  acknowledged_by: null, acknowledged_at: null, silenced: false, ...more,
})
const silence = (id, more = {}) => ({ id, rule: null, labels: { host: "a" }, until: "2026-01-01T11:00:00Z", ended_at: null, ...more })

/** A page that has taken a snapshot, and the server behind it. */
function watching(snapshot = {}) {
  const it = { snapshots: [] }
  const live = { subscribe: (stream, seq, handlers) => (Object.assign(it, { stream, seq, handlers }), () => {}) }
  it.watch = new Watch({ live, now: () => NOW, read: async () => it.snapshots.shift() })
  it.watch.connect({ alerts: [], rules: [], silences: [], cursor: "e/alerts.all:7", ...snapshot })
  it.hear = (type, data) => it.handlers.event({ type: `${type}.changed`, data })
  return it
}

const ids = (list) => list.map(({ id }) => id)
const stateOf = ({ alerts, rules, silences }) => ({ alerts, rules, silences })

test("what a page shows after events is what a new one would be given", () => {
  const it = watching({ alerts: [alert(1), alert(2)], rules: [rule(1), rule(2)], silences: [silence(1)] })
  assert.deepEqual([it.stream, it.seq], ["alerts.all", 7])
  const taken = alert(2, { acknowledged_by: { id: 3, name: "Ada" } })
  const events = [
    ["alert", taken], ["alert", alert(1, { state: "ok" })], ["alert", alert(3, { state: "pending" })],
    ["rule", rule(2, { deleted: true })], ["rule", rule(4, { title: "New" })],
    ["silence", silence(1, { ended_at: "2026-01-01T10:00:00Z" })], ["silence", silence(2)],
  ]
  for (const event of events) it.hear(...event)
  const other = watching({ alerts: [taken, alert(3, { state: "pending" })], rules: [rule(1), rule(4, { title: "New" })], silences: [silence(2)] })
  assert.deepEqual(stateOf(it.watch), stateOf(other.watch))
  for (const event of events) it.hear(...event)
  assert.deepEqual(new Set(it.watch.alerts), new Set(other.watch.alerts))
})

test("what was assumed is taken back, but not over what was heard since", () => {
  const it = watching({ alerts: [alert(1), alert(2)] })
  const ada = { acknowledged_by: { id: 3, name: "Ada" } }
  const [first, second] = [it.watch.assume(1, ada), it.watch.assume(2, ada)]
  it.hear("alert", alert(2, { acknowledged_by: { id: 4, name: "Bo" } }))
  first()
  second()
  assert.deepEqual(it.watch.alerts.map((one) => one.acknowledged_by?.name), [undefined, "Bo"])
})

test("after a reset the page goes on from a snapshot", async () => {
  const it = watching({ alerts: [alert(1)] })
  it.snapshots.push({ alerts: [alert(2)], rules: [], silences: [], cursor: "e/alerts.all:90" })
  const changed = new Promise((done) => it.watch.addEventListener("change", done))
  it.handlers.reset()
  await changed
  assert.deepEqual([ids(it.watch.alerts), it.seq], [[2], 90])
})

test("silences that are over are not there", () => {
  const it = watching({ silences: [silence(1, { until: "2026-01-02T00:00:00Z" }), silence(2), silence(3, { until: "2026-01-01T09:59:59Z" })] })
  assert.deepEqual(ids(it.watch.silences), [2, 1])
})

test("what nobody has taken on stands above what somebody has, and below what is worse", () => {
  const since = (hour) => ({ since: `2026-01-01T0${hour}:00:00.000Z` })
  const list = [
    alert(1, { acknowledged_by: { id: 3 } }), alert(2, since(1)), alert(3, since(5)), alert(4, { severity: "critical", acknowledged_by: { id: 3 } }),
    alert(5, { severity: "info" }), alert(6, { severity: "critical", silenced: true }),
  ]
  assert.deepEqual(ids(inOrder(list)), [4, 3, 2, 1, 5, 6])
})

test("a rule is quiet while none of its alerts is active, and filters leave what fits all of them", () => {
  const all = {
    alerts: [alert(1, { labels: { host: "web-1" } }), alert(2, { state: "pending", rule: 2, title: "Disk", board: "db" })],
    rules: [rule(1), rule(2), rule(3, { title: "Memory", board: "db" })],
  }
  const shown = (filters) => {
    const found = sections(all, { state: "", board: "", q: "", ...filters }, (slug) => (slug === "db" ? "Databases" : "Web"))
    return [ids(found.firing), ids(found.waiting), ids(found.quiet)]
  }
  assert.deepEqual(shown({}), [[1], [2], [3]])
  assert.deepEqual(shown({ state: "waiting" }), [[], [2], []])
  assert.deepEqual(shown({ board: "db" }), [[], [2], [3]])
  assert.deepEqual(shown({ q: "databases mem" }), [[], [], [3]])
  assert.deepEqual(shown({ q: "HOST=web-1" }), [[1], [], []])
})

test("the address says what is filtered, and nonsense in it is nothing", () => {
  assert.deepEqual(readFilters("?state=firing&board=db&q=%20x%20"), { state: "firing", board: "db", q: "x" })
  assert.equal(queryOf(readFilters("?state=firing&q=x")), "?state=firing&q=x")
  assert.equal(queryOf(readFilters("?state=burning")), "")
})
