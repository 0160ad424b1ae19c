import assert from "node:assert/strict"
import { test } from "node:test"

import { Annotations, clusters } from "../../dashboard/static/dashboard/annotations.js"

const said = (...times) => times.map((time) => ({ id: String(time), time }))
const ids = (found) => found.map(({ items }) => items.map(({ id }) => id).join("+"))

test("what lies apart is marked apart, and what cannot be told apart is one", () => {
  const window = { from: 0, to: 1000 }
  assert.deepEqual(ids(clusters(said(100, 500, 900), window, 1000)), ["100", "500", "900"])
  assert.deepEqual(ids(clusters(said(100, 101, 900), window, 1000)), ["100+101", "900"])
  assert.equal(clusters(said(100, 102), window, 1000)[0].time, 101)
})

test("only what is within the window is shown", () => {
  assert.deepEqual(ids(clusters(said(5, 10, 20, 25), { from: 10, to: 20 }, 100)), ["10", "20"])
  assert.deepEqual(clusters([], { from: 0, to: 10 }, 100), [])
})

test("as time goes on the same ones stay together", () => {
  const list = said(...Array.from({ length: 40 }, (_, at) => 1000 + at * 7))
  const pairs = (from) => new Set(ids(clusters(list, { from, to: from + 600 }, 400)).filter((id) => id.includes("+")))
  const before = pairs(990)
  for (let moved = 1; moved < 10; moved += 1) assert.deepEqual(pairs(990 - moved), before)
})

/** A server with these annotations; -> what was asked, and what the page follows. */
function server(context, answers) {
  const asked = []
  const followed = []
  context.mock.method(globalThis, "fetch", async (path) => {
    asked.push(path)
    const list = answers.shift() ?? []
    return { ok: true, json: async () => ({ annotations: list, cursor: `e/alerts.all:${asked.length}` }) }
  })
  const live = {
    subscribe(stream, seq, handlers) {
      followed.push({ stream, seq, handlers })
      return () => followed.splice(0, 1)
    },
  }
  return { asked, followed, live }
}

const at = (iso) => ({ id: "message.1", at: iso, text: "Deployed", author: "Ada", url: "/rooms/1/?at=5" })

test("they are read for the times that are shown, and again when somebody says that they changed", async (context) => {
  const { asked, followed, live } = server(context, [[at("2026-01-01T12:00:00.000Z")], []])
  const annotations = new Annotations({ live, windowOf: () => ({ from: 1000.5, to: 1900.2 }) })
  await annotations.load()
  assert.equal(annotations.list[0].time, Date.parse("2026-01-01T12:00:00Z") / 1000)
  assert.match(asked[0], /from=1000&to=5501/)
  const [{ stream, seq, handlers }] = followed
  assert.deepEqual([stream, seq], ["alerts.all", 1])

  handlers.event({ type: "alert.changed", data: {} })
  assert.equal(asked.length, 1)
  const changed = new Promise((resolve) => annotations.addEventListener("change", resolve))
  handlers.event({ type: "annotation.changed", data: {} })
  await changed
  assert.deepEqual(annotations.list, [])
  assert.deepEqual(followed.map((one) => one.seq), [2])

  annotations.reach(5500)
  assert.equal(asked.length, 2)
  annotations.reach(5502)
  assert.equal(asked.length, 3)
  annotations.disconnect()
  assert.deepEqual(followed, [])
})
