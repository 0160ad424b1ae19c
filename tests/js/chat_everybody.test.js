import assert from "node:assert/strict"
import { mock, test } from "node:test"

import { Everybody } from "../../chat/static/chat/everybody.js"

const settled = () => new Promise((done) => setImmediate(done))

/** A site of these people, of whom two are told without letters. */
function site(t, people) {
  const asked = []
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const ask = async (text = "") => {
    asked.push(text)
    if (text === "offline") throw new Error(text)
    const found = people.filter((name) => name.includes(text)).map((name) => ({ id: people.indexOf(name), name }))
    return { people: text ? found : found.slice(0, 2), has_more: found.length > 2 }
  }
  const changed = mock.fn()
  const everybody = new Everybody(ask, changed)
  const type = async (...texts) => {
    for (const text of texts) everybody.look(text)
    t.mock.timers.tick(150)
    await settled()
    return everybody.known.map(({ name }) => name)
  }
  return { everybody, asked, changed, type }
}

test("who is not among the first is found by letters, and stays known", async (t) => {
  const { everybody, asked, type } = site(t, ["ada", "bob", "cyd", "dan"])
  await everybody.load([1])
  assert.equal(everybody.hasMore, true)
  assert.deepEqual(await type("d", "da", "dan"), ["ada", "dan"])
  assert.deepEqual(await type("b"), ["ada", "dan"], "left out from the beginning")
  assert.deepEqual(await type(" "), ["ada", "dan"])
  assert.deepEqual(asked, ["", "dan", "b"])
})

test("where all are known nobody is asked", async (t) => {
  const { everybody, asked, changed, type } = site(t, ["ada", "bob"])
  await everybody.load([])
  assert.deepEqual(await type("x"), ["ada", "bob"])
  assert.deepEqual([asked.length, changed.mock.callCount(), everybody.hasMore], [1, 1, false])
})

test("an answer that comes after the dialog was opened anew is not for it", async (t) => {
  const { everybody, type } = site(t, ["ada", "bob", "cyd"])
  const first = everybody.load([])
  await everybody.load([0, 1])
  await first
  assert.deepEqual(await type(), [])
  assert.deepEqual(await type("offline"), [])
})
