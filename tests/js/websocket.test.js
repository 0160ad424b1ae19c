import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"

import { WebSocketTransport } from "../../project/realtime/static/realtime/websocket.js"
import { Clock } from "./support/clock.js"

/** A socket that opens and closes when a test says so. */
class Socket extends EventTarget {
  static CONNECTING = 0
  static OPEN = 1
  readyState = Socket.CONNECTING
  closes = []

  constructor() {
    super()
    Socket.last = this
  }

  open() {
    this.readyState = Socket.OPEN
    this.onopen?.()
    this.dispatchEvent(new Event("open"))
  }

  close(code) {
    this.closes.push({ code, wasOpen: this.readyState === Socket.OPEN })
    this.onclose?.({ code: 1006 })
  }
}

let clock
let ends
let transport

beforeEach((t) => {
  clock = new Clock()
  t.after(() => clock.restore())
  ends = []
  const owner = { closed: (_, end) => ends.push(end) }
  transport = new WebSocketTransport({ browser: { WebSocket: Socket }, urls: { websocket: "http://here/ws/" }, owner })
  transport.open()
})

test("closed before it has opened, a socket is let open first, because browsers complain otherwise", () => {
  transport.close()
  assert.deepEqual(Socket.last.closes, [])
  Socket.last.open()
  assert.deepEqual(Socket.last.closes, [{ code: 1000, wasOpen: true }])
  assert.deepEqual(ends, [])
})

test("a handshake that gets no answer is given up, so that it does not hold up the next one", () => {
  clock.tick(10_000)
  assert.deepEqual(Socket.last.closes, [{ code: undefined, wasOpen: false }])
  assert.equal(ends.length, 1)
})

test("it is given up too where nobody wants it any more, and nobody is told", () => {
  transport.close()
  clock.tick(10_000)
  assert.equal(Socket.last.closes.length, 1)
  assert.deepEqual(ends, [])
})

test("once it is open there is nothing to give up", () => {
  Socket.last.open()
  clock.tick(10_000)
  assert.deepEqual(Socket.last.closes, [])
})
