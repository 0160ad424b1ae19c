import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"

import { Push } from "../../notifications/static/notifications/push.js"
import { Desk } from "./support/notifications.js"

const ENDPOINT = "https://push.example.org/1"
const FAY = { user: 3, sign_in: "first" }

let browser
let desk
let ended

/** A browser with a push service and storage; its subscription, once there, stays over sign-ins. */
class Browser {
  PushManager = class {}
  subscription = null
  #items = new Map()
  localStorage = {
    getItem: (key) => this.#items.get(key) ?? null,
    setItem: (key, value) => this.#items.set(key, value),
    removeItem: (key) => this.#items.delete(key),
  }
  pushManager = {
    subscribe: async () => (this.subscription = {
      endpoint: ENDPOINT,
      toJSON: () => ({ endpoint: ENDPOINT, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => {
        ended += 1
        this.subscription = null
      },
    }),
    getSubscription: async () => this.subscription,
  }
  navigator = { serviceWorker: { getRegistration: async () => this } }
}

const desktop = { isPossible: true, turnOn: async () => true, worker: async () => browser }
const push = (owner) => new Push({ live: desk, desktop, owner, browser })
const preferences = (owner) => new Push({ live: desk, desktop, owner, key: "AAAA", name: "Firefox", browser })

beforeEach(async () => {
  ended = 0
  browser = new Browser()
  desk = new Desk()
  await preferences(FAY).turnOn()
  desk.asked = []
})

test("a page of the same sign-in says nothing", async () => {
  await push(FAY).renew()
  assert.deepEqual(desk.asked, [])
})

test("whoever signs in anew goes on taking push, and says so once", async () => {
  await push({ ...FAY, sign_in: "second" }).renew()
  await push({ ...FAY, sign_in: "second" }).renew()
  assert.deepEqual(desk.asked, [["device.renew", { endpoint: ENDPOINT }]])
  assert.equal(ended, 0)
})

test("somebody else who signs in here is not pushed to, nor is who was here before", async () => {
  await push({ user: 4, sign_in: "other" }).renew()
  assert.deepEqual([desk.asked, ended], [[], 1])
})

test("what was removed on another device is ended here", async () => {
  desk.answer = () => Promise.reject(Object.assign(new Error("no"), { code: "not_found" }))
  await push({ ...FAY, sign_in: "second" }).renew()
  assert.equal(ended, 1)
})

test("a site that cannot be reached ends nothing, and is told by the next page", async () => {
  desk.answer = () => Promise.reject(Object.assign(new Error("away"), { code: "unavailable" }))
  await push({ ...FAY, sign_in: "second" }).renew()
  assert.equal(ended, 0)
  desk.answer = () => ({})
  await push({ ...FAY, sign_in: "second" }).renew()
  assert.equal(desk.asked.length, 2)
})

test("what the browser has given up by itself is made anew, with the same key, and only once", async () => {
  const again = { ...FAY, sign_in: "second" }
  await push(again).renew()
  desk.asked = []
  browser.subscription = null
  await push({ ...FAY, sign_in: "third" }).renew()
  await push({ ...FAY, sign_in: "third" }).renew()
  assert.deepEqual(desk.asked, [["device.add", { endpoint: ENDPOINT, p256dh: "p", auth: "a", name: "Firefox" }]])
})

test("what was turned off stays off, and so does somebody else's", async () => {
  browser.subscription = null
  await push({ user: 4, sign_in: "other" }).renew()
  await push(FAY).turnOff()
  await push({ ...FAY, sign_in: "second" }).renew()
  assert.deepEqual(desk.asked, [])
})
