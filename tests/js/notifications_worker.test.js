import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { beforeEach, test } from "node:test"
import vm from "node:vm"

const SOURCE = new URL("../../notifications/static/notifications/service_worker.js", import.meta.url)
const ORIGIN = "https://watch.example.org"

let worker

/** Where a service worker lives: its pages, and what is on the desktop. */
class Worker {
  pages = []
  opened = []
  shown = new Map()
  #handlers = new Map()

  async start() {
    const self = {
      location: new URL("/service-worker.js", ORIGIN),
      addEventListener: (name, handler) => this.#handlers.set(name, handler),
      clients: { matchAll: async () => this.pages, openWindow: async (address) => this.opened.push(address) },
      registration: {
        showNotification: async (title, options) => this.shown.set(options.tag, this.#copy({ title, ...options })),
        getNotifications: async ({ tag } = {}) => [...this.shown.values()].filter((copy) => !tag || copy.tag === tag),
      },
    }
    vm.runInNewContext(await readFile(SOURCE, "utf8"), { self, URL })
    return this
  }

  #copy(copy) {
    return { ...copy, close: () => this.shown.delete(copy.tag) }
  }

  async happens(name, event) {
    const work = []
    this.#handlers.get(name)({ ...event, waitUntil: (promise) => work.push(promise) })
    await Promise.all(work)
  }

  push(message) {
    return this.happens("push", { data: { json: () => message } })
  }

  hear(data) {
    return this.happens("message", { data })
  }

  press(tag, action = "") {
    return this.happens("notificationclick", { notification: this.shown.get(tag), action })
  }
}

class Page {
  moves = []

  constructor(path = "/rooms/2/") {
    this.url = ORIGIN + path
  }

  focused = false
  visibilityState = "hidden"

  async focus() {
    this.focused = true
  }

  async navigate(address) {
    this.moves.push(address)
  }
}

const NEWS = { id: 7, revision: 1, news_seq: 1, title: "Disk full", body: "91 %", link: "/rooms/1/", priority: 3, actions: [] }

beforeEach(async () => {
  worker = await new Worker().start()
})

test("what is pushed is shown under its id, and stays on the screen where it is urgent", async () => {
  await worker.push({ ...NEWS, priority: 5 })
  const { title, tag, requireInteraction } = worker.shown.get("7")
  assert.deepEqual([title, tag, requireInteraction], ["Disk full", "7", true])
})

test("a silent withdrawal takes it down", async () => {
  await worker.push(NEWS)
  await worker.push({ withdraw: 7 })
  assert.equal(worker.shown.size, 0)
})

test("a push is shown even with a page before somebody's eyes: its connection may be dead", async () => {
  worker.pages = [Object.assign(new Page(), { visibilityState: "visible" })]
  await worker.push(NEWS)
  assert.equal(worker.shown.size, 1)
})

test("what a page has heard of is shown while no page is looked at, once for all tabs", async () => {
  worker.pages = [Object.assign(new Page(), { visibilityState: "visible" })]
  await worker.hear({ show: NEWS })
  assert.equal(worker.shown.size, 0)
  worker.pages = [new Page()]
  await worker.hear({ show: NEWS })
  const first = worker.shown.get("7")
  await worker.hear({ show: NEWS })
  assert.equal(worker.shown.get("7"), first)
  await worker.hear({ show: { ...NEWS, revision: 2, news_seq: 2, title: "2 disks full" } })
  assert.equal(worker.shown.get("7").title, "2 disks full")
})

test("what is new makes itself heard, and the same again does not", async () => {
  await worker.push(NEWS)
  assert.equal(worker.shown.get("7").renotify, true)
  await worker.push(NEWS)
  assert.equal(worker.shown.get("7").renotify, false)
  await worker.push({ ...NEWS, repeated: 1 })
  assert.equal(worker.shown.get("7").renotify, true)
})

const heard = () => [worker.shown.get("7").renotify, worker.shown.get("7").silent]

test("a correction replaces what is shown without a sound, and does not take that of the news it has overtaken", async () => {
  await worker.push(NEWS)
  await worker.push({ ...NEWS, revision: 3, news_seq: 2, title: "It is safe", corrects: true })
  assert.deepEqual([worker.shown.get("7").title, ...heard()], ["It is safe", false, true])
  await worker.push({ ...NEWS, revision: 3, news_seq: 2, title: "It is safe" })
  assert.deepEqual(heard(), [true, false])
})

test("a page corrects what is on the screen and older, and puts nothing there", async () => {
  await worker.hear({ correct: { ...NEWS, revision: 2, title: "It is safe" } })
  assert.equal(worker.shown.size, 0)
  await worker.push(NEWS)
  await worker.hear({ correct: { ...NEWS, title: "the same revision" } })
  assert.equal(worker.shown.get("7").title, "Disk full")
  await worker.hear({ correct: { ...NEWS, revision: 2, title: "It is safe" } })
  assert.deepEqual([worker.shown.get("7").title, ...heard()], ["It is safe", false, true])
})

test("what comes late does not replace what is newer", async () => {
  await worker.push({ ...NEWS, revision: 2, title: "It is safe" })
  await worker.push(NEWS)
  assert.equal(worker.shown.get("7").title, "It is safe")
})

test("a press opens its place in a page that is there, or else in a new one", async () => {
  await worker.push(NEWS)
  await worker.press("7")
  assert.deepEqual(worker.opened, ["/notifications/7/open/"])
  const page = new Page()
  worker.pages = [page]
  await worker.push(NEWS)
  await worker.press("7")
  assert.deepEqual([page.focused, page.moves, worker.shown.size], [true, ["/notifications/7/open/"], 0])
})

test("a press goes to the page that is at that room already, else to the one used last that may be moved", async () => {
  const [board, lastUsed, there] = [new Page("/dashboard/ops/"), new Page("/rooms/3/"), new Page("/rooms/1/?at=4")]
  worker.pages = [board, lastUsed, there]
  await worker.push(NEWS)
  await worker.press("7")
  worker.pages = [board, new Page("/notifications/preferences/"), lastUsed]
  await worker.push(NEWS)
  await worker.press("7")
  assert.deepEqual([board, lastUsed, there].map(({ moves, focused }) => [moves.length, focused]), [[0, false], [1, true], [1, true]])
})

test("a board on a wall and a page of settings are left where they are", async () => {
  worker.pages = [new Page("/dashboard/ops/"), new Page("/settings/")]
  await worker.push(NEWS)
  await worker.press("7")
  assert.deepEqual([worker.opened, worker.pages.map(({ moves }) => moves.length)], [["/notifications/7/open/"], [0, 0]])
})

test("a button opens its own address, and a page that cannot be moved is left where it is", async () => {
  const actions = [{ label: "Silence", command: "notification.act" }, { label: "Runbook", url: "https://run.example.org/7" }]
  await worker.push({ ...NEWS, actions })
  assert.deepEqual(worker.shown.get("7").actions.map(({ title }) => title), ["Runbook"])
  await worker.press("7", "0")
  worker.pages = [Object.assign(new Page(), { navigate: () => Promise.reject(new TypeError()) })]
  await worker.push(NEWS)
  await worker.press("7")
  assert.deepEqual(worker.opened, ["https://run.example.org/7", "/notifications/7/open/"])
})
