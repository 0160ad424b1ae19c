import assert from "node:assert/strict"
import { test } from "node:test"

import { addressOf, Round, slotsOf } from "../../dashboard/static/dashboard/round.js"

const DAY_S = 86_400

/** A wall: each page that is loaded begins with nothing but its address, as in a browser. */
function wall(t, slots, { isThere = () => true } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const it = { now: 0, shown: [], open: 0 }
  const load = (board) => {
    it.round?.disconnect()
    it.shown.push([it.now, board])
    it.round = new Round({ slots, board, go: load, isThere: async (slug) => isThere(slug, it.now), random: () => 0 })
    it.round.connect()
  }
  it.pass = async (seconds) => {
    for (let second = 0; second < seconds; second += 1) {
      it.now += 1
      t.mock.timers.tick(1000)
      await Promise.resolve()
    }
  }
  load(slots[0].slug)
  t.after(() => it.round.disconnect())
  return it
}

test("an address says which boards go round, each for how long", () => {
  assert.deepEqual(slotsOf("?kiosk=a:20,b:2m,c", "a"), [
    { slug: "a", seconds: 20 }, { slug: "b", seconds: 120 }, { slug: "c", seconds: 30 },
  ])
  assert.deepEqual(slotsOf("?kiosk=a,b&every=1m", "a").map(({ seconds }) => seconds), [60, 60])
  assert.deepEqual(slotsOf("?kiosk=a:1,b:9h", "a").map(({ seconds }) => seconds), [5, 3600])
  assert.deepEqual(slotsOf("?kiosk", "ops"), [{ slug: "ops", seconds: 3600 }])
  assert.deepEqual(slotsOf("?kiosk=../x,b", "ops"), [{ slug: "ops", seconds: 3600 }])
})

test("an address that is made from boards is read back as these", () => {
  const slots = [{ slug: "a", seconds: 20 }, { slug: "b", seconds: 45 }]
  assert.deepEqual(slotsOf(new URL(addressOf(slots), "http://x").search, "a"), slots)
})

test("boards go round for days, each for its time", async (t) => {
  const it = wall(t, [{ slug: "a", seconds: 20 }, { slug: "b", seconds: 40 }])
  await it.pass(3 * DAY_S)
  assert.equal(it.shown.length, (3 * DAY_S * 2) / 60 + 1)
  assert.deepEqual(it.shown.slice(-2).map(([, board]) => board), ["b", "a"])
  assert.ok(it.shown.every(([at, board]) => at % 60 === (board === "a" ? 0 : 20)))
})

test("one board alone begins anew every hour, so that it is of the newest version and holds little", async (t) => {
  const it = wall(t, slotsOf("?kiosk", "ops"))
  await it.pass(DAY_S)
  assert.equal(it.shown.length, 25)
})

test("a wall keeps what it shows while the server is away, and goes on when it is back", async (t) => {
  const it = wall(t, [{ slug: "a", seconds: 20 }, { slug: "b", seconds: 20 }], { isThere: (_, now) => now < 100 || now > 4000 })
  await it.pass(5000)
  const during = it.shown.filter(([at]) => at > 100 && at <= 4000)
  assert.deepEqual(during, [])
  assert.ok(it.shown.filter(([at]) => at > 4000).length > 40)
})

test("a board that is gone is passed over", async (t) => {
  const it = wall(t, [{ slug: "a", seconds: 20 }, { slug: "gone", seconds: 20 }, { slug: "c", seconds: 20 }], { isThere: (slug) => slug !== "gone" })
  await it.pass(200)
  assert.deepEqual([...new Set(it.shown.map(([, board]) => board))], ["a", "c"])
})

test("after an outage the page begins anew: there may be another version", async (t) => {
  const it = wall(t, [{ slug: "a", seconds: 3600 }])
  it.round.renew()
  await it.pass(2)
  assert.deepEqual(it.shown, [[0, "a"], [1, "a"]])
})
