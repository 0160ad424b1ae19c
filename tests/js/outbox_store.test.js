import assert from "node:assert/strict"
import { afterEach, test } from "node:test"

import { IDBFactory } from "fake-indexeddb"
import "fake-indexeddb/auto"
import "./support/vendor.js"

const { OutboxStore } = await import("../../project/realtime/static/realtime/outbox_store.js")

const ENTRY = { command: "message.send", data: { room: 7 }, createdAt: 1, notBefore: 0, error: null }

afterEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

async function opened(user = 3) {
  const store = new OutboxStore(user)
  await store.open()
  return store
}

const ids = async (store) => (await store.all()).map(({ clientId }) => clientId)

async function holdsItsOwn(store) {
  await store.add({ ...ENTRY, clientId: "one" })
  await store.add({ ...ENTRY, clientId: "two" })
  const third = await store.add({ ...ENTRY, clientId: "three" })
  assert.equal(third.clientId, "three")
  assert.deepEqual(await ids(store), ["one", "two", "three"])
  assert.deepEqual((await store.change("two", { notBefore: 9 })).notBefore, 9)
  assert.equal((await store.all())[1].notBefore, 9)
  await store.remove("one")
  await store.remove("one")
  assert.deepEqual(await ids(store), ["two", "three"])
  assert.equal(await store.change("one", { notBefore: 9 }), undefined)
}

test("entries keep their order, change and go", async () => {
  const store = await opened()
  assert.ok(store.durable)
  await holdsItsOwn(store)
})

test("entries outlive the tab", async () => {
  const store = await opened()
  await store.add({ ...ENTRY, clientId: "one" })
  store.close()
  const again = await opened()
  await again.add({ ...ENTRY, clientId: "two" })
  assert.deepEqual(await ids(again), ["one", "two"])
})

test("nobody else sees them", async () => {
  await (await opened(3)).add({ ...ENTRY, clientId: "one" })
  assert.deepEqual(await ids(await opened(5)), [])
})

test("where the browser has no database they are kept in memory", async () => {
  globalThis.indexedDB = { open() { throw new DOMException("Not in a private window.", "SecurityError") } }
  const store = await opened()
  assert.ok(!store.durable)
  await holdsItsOwn(store)
})
