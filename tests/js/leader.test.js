import assert from "node:assert/strict"
import { EventEmitter, once } from "node:events"
import { test } from "node:test"

import { Leadership } from "../../project/realtime/static/realtime/leader.js"
import { Locks } from "./support/locks.js"

class Candidate extends EventEmitter {
  leads = false

  constructor(locks) {
    super()
    this.locks = locks
    this.leadership = new Leadership({
      locks,
      name: "lead",
      elected: () => this.#now(true),
      lost: () => this.#now(false),
    })
  }

  #now(leads) {
    this.leads = leads
    this.emit("changed")
  }

  async becomes(leads) {
    while (this.leads !== leads) await once(this, "changed")
  }
}

function candidates(count) {
  const locks = new Locks()
  return Array.from({ length: count }, () => new Candidate(locks.forTab()))
}

test("the first tab leads, and the others do not", async () => {
  const [first, second] = candidates(2)
  first.leadership.connect()
  second.leadership.connect()
  await first.becomes(true)
  assert.equal(second.leads, false)
})

test("when the leader disconnects, the next in the queue leads", async () => {
  const [first, second, third] = candidates(3)
  for (const { leadership } of [first, second, third]) leadership.connect()
  await first.becomes(true)
  first.leadership.disconnect()
  await second.becomes(true)
  assert.equal(third.leads, false)
})

test("when the leader crashes, the next in the queue leads", async () => {
  const [first, second] = candidates(2)
  for (const { leadership } of [first, second]) leadership.connect()
  await first.becomes(true)
  first.locks.crash()
  await second.becomes(true)
})

test("a tab that disconnects while it waits is not elected", async () => {
  const [first, second, third] = candidates(3)
  for (const { leadership } of [first, second, third]) leadership.connect()
  await first.becomes(true)
  second.leadership.disconnect()
  first.leadership.disconnect()
  await third.becomes(true)
  assert.equal(second.leads, false)
})

test("the lead can be taken from a tab that is asleep, which queues for it again", async () => {
  const [first, second] = candidates(2)
  for (const { leadership } of [first, second]) leadership.connect()
  await first.becomes(true)
  second.leadership.take()
  await second.becomes(true)
  await first.becomes(false)
  second.leadership.disconnect()
  await first.becomes(true)
})

test("where the browser grants no locks, a tab leads itself", async () => {
  const refusing = { request: async () => { throw new DOMException("Not here.", "SecurityError") } }
  const candidate = new Candidate(refusing)
  candidate.leadership.connect()
  await candidate.becomes(true)
})
