import { randomUUID } from "node:crypto"
import { once } from "node:events"

import { WebSocket } from "ws"

import { Live } from "../../../project/realtime/static/realtime/live.js"

const LADDER = ["websocket", "sse", "longpoll"]

let lastUser = 0

/** As in a browser, where an error that nobody listens for is not an exception. */
class BrowserSocket extends WebSocket {
  constructor(...address) {
    super(...address)
    this.on("error", () => {})
  }
}

/** The transports that a client would rather use. */
export const better = (transport) => new Set(LADDER.slice(0, LADDER.indexOf(transport)))

/** A browser: what its tabs share. Every one is another person's, so that tests do not hear each other. */
export class Browser {
  user = (lastUser += 1)
  tabs = []
  /** What its `localStorage` keeps. */
  kept = new Map()

  /** @param {{ server: import("./server.js").Server, locks?: import("./locks.js").Locks }} options */
  constructor({ server, locks }) {
    this.server = server
    this.locks = locks
  }

  openTab(options) {
    const tab = new Tab(this, options)
    this.tabs.push(tab)
    return tab
  }

  /** A live tab over this transport, because no better one can be opened. */
  async openTabOver(transport, options) {
    this.server.refused = better(transport)
    const tab = this.openTab(options).connect()
    await tab.state({ phase: "live", transport })
    return tab
  }

  /** Several live tabs, the first of which leads; `options` are for that one. */
  async openLeaderAnd(count, options) {
    const leader = this.openTab(options).connect()
    await leader.state({ leader: true, phase: "live" })
    const others = Array.from({ length: count }, () => this.openTab().connect())
    await Promise.all(others.map((tab) => tab.state({ phase: "live", leader: false })))
    return [leader, ...others]
  }

  close() {
    for (const tab of this.tabs) tab.crash()
  }
}

/** One tab: a `Live` with surroundings that can be put to sleep, taken offline and crashed. */
export class Tab {
  #channels = []
  #asleep = false

  constructor(browser, { epoch = "epoch1", socket = true, ...overrides } = {}) {
    this.window = new EventTarget()
    this.document = Object.assign(new EventTarget(), { visibilityState: "visible", cookie: "" })
    this.navigator = { onLine: true }
    this.locks = browser.locks?.forTab()
    this.environment = {
      WebSocket: BrowserSocket,
      BroadcastChannel: browser.locks && this.#channelClass(),
      locks: this.locks,
      window: this.window,
      document: this.document,
      navigator: this.navigator,
      storage: { getItem: (key) => browser.kept.get(key) ?? null, setItem: (key, value) => browser.kept.set(key, value) },
      random: () => 0,
      uuid: randomUUID,
      ...overrides,
    }
    this.live = new Live({ user: browser.user, epoch, csrfToken: "token", socket, urls: browser.server.urls, browser: this.environment })
    this.states = []
    this.live.addEventListener("state", () => this.states.push(this.live.state))
  }

  connect() {
    this.live.connect()
    return this
  }

  /** Resolves once the state is like this. */
  async state(expected) {
    const matches = () => Object.entries(expected).every(([key, value]) => this.live.state[key] === value)
    while (!matches()) await once(this.live, "state")
    return this.live.state
  }

  /** Reads a stream as a part of the page does, and remembers what came. */
  read(stream, seq = 0) {
    return new Reading(this.live, stream, seq)
  }

  online(isOnline) {
    this.navigator.onLine = isOnline
    this.window.dispatchEvent(new Event(isOnline ? "online" : "offline"))
  }

  show() {
    this.document.visibilityState = "visible"
    this.document.dispatchEvent(new Event("visibilitychange"))
  }

  hide() {
    this.document.visibilityState = "hidden"
    this.document.dispatchEvent(new Event("visibilitychange"))
  }

  /** What other tabs say does not get through, nor what this one says. */
  sleep() {
    this.#asleep = true
  }

  wake() {
    this.#asleep = false
  }

  /** It is gone without a word. */
  crash() {
    this.sleep()
    for (const channel of this.#channels) channel.close()
    this.locks?.crash()
    this.live.disconnect()
  }

  #channelClass() {
    const tab = this
    return class extends BroadcastChannel {
      constructor(name) {
        super(name)
        tab.#channels.push(this)
      }

      postMessage(message) {
        if (!tab.#asleep) super.postMessage(message)
      }

      set onmessage(handler) {
        super.onmessage = (event) => tab.#asleep || handler(event)
      }
    }
  }
}

/** What one subscriber was told. */
export class Reading extends EventTarget {
  items = []
  seqs = []

  constructor(live, stream, seq) {
    super()
    const handlers = {}
    for (const what of ["event", "ephemeral", "subscribed", "reset", "denied", "revoked"]) {
      handlers[what] = (item) => this.#heard(what, item)
    }
    this.stop = live.subscribe(stream, seq, handlers)
  }

  /** Resolves with the first thing of this kind that was told. */
  async told(what) {
    for (;;) {
      const found = this.items.find((entry) => entry.what === what)
      if (found) return found.item
      await once(this, "heard")
    }
  }

  /** Resolves once the event with this seq was told. */
  async reached(seq) {
    while (!this.seqs.includes(seq)) await once(this, "heard")
    return this
  }

  #heard(what, item) {
    this.items.push({ what, item })
    if (what === "event") this.seqs.push(item.seq)
    this.dispatchEvent(new Event("heard"))
  }
}
