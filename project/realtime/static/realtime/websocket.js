import { endOfItems, LOST } from "./closing.js"
import { CommandError, unanswered } from "./command_error.js"

/** Past this, an answer is not worth waiting for; the server's own limits are shorter. */
const ANSWER_MS = 15_000
/** A handshake without an answer for so long will get none. */
const HANDSHAKE_MS = 10_000

/**
 * The WebSocket transport: everything on one socket, both ways.
 *
 * Every transport has the same methods and tells its owner the same three things, so that the owner never asks which
 * one it has:
 *
 * @typedef {object} TransportOwner
 * @property {() => string} cursor                                  where to go on from, now
 * @property {(transport: object, items: object[], characters?: number) => void} items
 *   what the server said, in order, and how long it was where the server wants to know how far we are
 * @property {(transport: object) => void} alive                    the other side lives, though it had nothing to say
 * @property {(transport: object, end: { code: number, retryAfter?: number }) => void} closed
 *   it is over; said once, and never after close()
 */
export class WebSocketTransport {
  static label = "websocket"

  #browser
  #owner
  #url
  #socket = null
  #greeted = false
  #retryAfter
  #lastId = 0
  #askAgain = null
  #waiting = new Map()

  /** @param {{ browser: import("./browser.js").Browser, urls: { websocket: string }, owner: TransportOwner }} options */
  constructor({ browser, urls, owner }) {
    this.#browser = browser
    this.#owner = owner
    this.#url = new URL(urls.websocket, browser.address)
    this.#url.protocol = this.#url.protocol.replace("http", "ws")
  }

  static available(browser) {
    return Boolean(browser.WebSocket)
  }

  open() {
    const socket = (this.#socket = new this.#browser.WebSocket(this.#url))
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data), data.length)
    socket.onclose = ({ code }) => this.#end(code)
    // A browser opens one WebSocket to a host at a time: this one, though nobody wants it, would hold up all others.
    const giveUp = setTimeout(() => socket.close(), HANDSHAKE_MS)
    for (const type of ["open", "close"]) socket.addEventListener(type, () => clearTimeout(giveUp))
  }

  close() {
    const socket = this.#socket
    this.#release()
    if (!socket) return
    // A browser puts a warning on the console for each socket that is closed before it has opened.
    if (socket.readyState === this.#browser.WebSocket.CONNECTING) socket.onopen = () => socket.close(1000)
    else socket.close(1000)
  }

  /** Follows these streams too, or again from another position. */
  follow(cursor) {
    if (this.#greeted) this.#send({ type: "subscribe", cursor })
  }

  unfollow(streams) {
    if (this.#greeted) this.#send({ type: "unsubscribe", streams })
  }

  ack(cursor) {
    this.#send({ type: "ack", cursor })
  }

  /** Asks for a sign of life. */
  ping() {
    this.#send({ type: "ping" })
  }

  /** @returns {Promise<any>} the reply's data; rejects with CommandError */
  command(name, data) {
    const id = `c${(this.#lastId += 1)}`
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#waiting.get(id).fail(unanswered()), ANSWER_MS)
      const settle = (outcome) => (value) => {
        this.#waiting.delete(id)
        clearTimeout(timer)
        outcome(value)
      }
      this.#waiting.set(id, { succeed: settle(resolve), fail: settle(reject) })
      this.#send({ type: name, id, data })
    })
  }

  /** Tells the server something that nobody waits for. */
  notify(name, data) {
    this.#send({ type: name, data })
  }

  #send(frame) {
    if (this.#socket?.readyState === this.#browser.WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  #receive(items, characters) {
    for (const item of items) if (item.type === "reply") this.#answer(item)
    this.#retryAfter = endOfItems(items)?.retryAfter ?? this.#retryAfter
    this.#owner.items(this, items.filter((item) => item.type !== "reply"), characters)
    if (!this.#greeted && this.#socket && items.some((item) => item.type === "hello")) {
      this.#greeted = true
      this.#send({ type: "subscribe", cursor: this.#owner.cursor() })
    }
  }

  #answer({ id, ok, data, error }) {
    if (ok) this.#waiting.get(id)?.succeed(data)
    else if (id) this.#waiting.get(id)?.fail(new CommandError(error))
    else this.#refused(error)
  }

  /** A frame without id was refused. It may have been a subscription: those are asked for again. */
  #refused({ retry_after: seconds }) {
    if (seconds === undefined) return
    clearTimeout(this.#askAgain)
    this.#askAgain = setTimeout(() => this.follow(this.#owner.cursor()), seconds * 1000)
  }

  #end(code) {
    this.#release()
    this.#owner.closed(this, { code: code || LOST, retryAfter: this.#retryAfter })
  }

  #release() {
    if (this.#socket) this.#socket.onmessage = this.#socket.onclose = null
    this.#socket = null
    clearTimeout(this.#askAgain)
    for (const { fail } of [...this.#waiting.values()]) fail(unanswered())
  }
}
