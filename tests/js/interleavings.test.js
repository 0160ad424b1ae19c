import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { Locks } from "./support/locks.js"
import { upTo } from "./support/seqs.js"
import { Server } from "./support/server.js"
import { better, Browser } from "./support/tab.js"

const SEEDS = 25
const STEPS = 60
const STREAMS = ["room.7", "room.8", "inbox.3"]

let browser
let server

beforeEach(async () => {
  server = await new Server().start()
  browser = new Browser({ server, locks: new Locks() })
})

afterEach(async () => {
  browser.close()
  await server.stop()
})

/** Numbers that look random and are the same for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

for (const seed of upTo(SEEDS)) {
  test(`whatever happens, every part of every tab reads each event once and in order (${seed})`, async () => {
    const random = numbers(seed)
    const pick = (list) => list[random(list.length)]
    const tabs = [browser.openTab().connect()]
    const readings = []
    const happenings = [
      () => server.append(pick(STREAMS), 1 + random(4)),
      () => server.append(pick(STREAMS), 1 + random(4)),
      () => {
        const [tab, stream] = [pick(tabs), pick(STREAMS)]
        const seq = random(server.log.standing(stream).head + 1)
        readings.push({ tab, stream, seq, reading: tab.read(stream, seq) })
      },
      () => {
        const at = random(readings.length + 1)
        readings.splice(at, 1).forEach(({ reading }) => reading.stop())
      },
      () => tabs.length < 5 && tabs.push(browser.openTab().connect()),
      () => {
        if (tabs.length > 1) gone(tabs.splice(random(tabs.length), 1)[0])
      },
      () => pick(tabs).sleep(),
      () => pick(tabs).wake(),
      () => pick(tabs).show(),
      () => server.cutAll(),
      () => server.closeAll(pick([4400, 4408, 1012])),
      () => (server.refused = better(pick(["websocket", "sse", "longpoll"]))),
      () => new Promise(setImmediate),
      () => new Promise(setImmediate),
      () => server.saw("subscribe"),
    ]
    const gone = (tab) => {
      tab.crash()
      for (let at = readings.length - 1; at >= 0; at -= 1) if (readings[at].tab === tab) readings.splice(at, 1)
    }

    for (let step = 0; step < STEPS; step += 1) await Promise.race([pick(happenings)(), new Promise(setImmediate)])
    for (const tab of tabs) tab.wake()
    for (const tab of tabs) tab.show()
    for (const stream of STREAMS) server.append(stream)

    for (const { stream, seq, reading } of readings) {
      const { head } = server.log.standing(stream)
      assert.deepEqual((await reading.reached(head)).seqs, upTo(head, seq + 1))
    }
  })
}
