import { EventEmitter, once } from "node:events"
import { createServer } from "node:http"

import { WebSocketServer } from "ws"

import { run, STATUSES } from "./commands.js"
import { Log } from "./log.js"
import { Subscription } from "./subscription.js"

const STREAMS_PER_SOCKET = 200
const STREAMS_PER_REQUEST = 50

/**
 * A server that speaks the wire contract over real sockets, and can be told to misbehave.
 *
 * Everything a test may want to wait for is in `seen`: `await server.saw("connect")` resolves with the first such event
 * that nobody has waited for yet.
 */
export class Server {
  log = new Log()
  subscriptions = new Set()
  forbidden = new Set()
  /** Transports that cannot be opened: "websocket", "sse", "longpoll". */
  refused = new Set()
  /** Transports that get no answer at all, as where a firewall swallows what it does not know. */
  swallowed = new Set()
  /** Commands by name: take the data, return the reply's data or throw `{ code, message, ... }`. */
  commands = new Map()
  /** What a request or a handshake gets instead of being served: `{ code, status, reason, retryAfter }`. */
  turnAway = null
  /** Whether pings, and everything else that is said, go unanswered. */
  mute = false
  /** The epoch this process still believes in, where another has rotated it. */
  outdatedEpoch = null
  posted = []
  #handshakes = []
  #http = createServer((request, response) => this.#serve(request, response))
  #happened = new EventEmitter().setMaxListeners(0)
  #seen = []
  #sockets = new Map()
  #websockets = new WebSocketServer({ noServer: true })

  async start() {
    this.#http.on("upgrade", (...upgrade) => this.#upgrade(...upgrade))
    this.#http.listen(this.port ?? 0, "127.0.0.1")
    await once(this.#http, "listening")
    this.port = this.#http.address().port
    return this
  }

  async stop() {
    const closed = once(this.#http, "close")
    this.#http.close()
    this.cutAll()
    await closed
  }

  get urls() {
    const base = `http://127.0.0.1:${this.port}`
    return { websocket: `${base}/ws/`, events: `${base}/events/`, poll: `${base}/poll/`, commands: `${base}/api/v1/commands/` }
  }

  // --- What a test does

  /** Returns the last event's seq. */
  append(stream, count = 1) {
    for (let done = 0; done < count; done += 1) {
      this.log.append(stream, "message.created")
      for (const subscription of this.subscriptions) subscription.notify(stream)
    }
    return this.log.standing(stream).head
  }

  whisper(stream, type, data = {}) {
    for (const subscription of this.subscriptions) {
      subscription.whisper({ stream, type, at: "2026-01-01T10:00:00.123Z", data })
    }
  }

  revoke(stream) {
    this.forbidden.add(stream)
    for (const subscription of this.subscriptions) subscription.revoke(stream)
  }

  /** Ends every WebSocket with this code, after a `bye` where a reason is given. */
  closeAll(code, reason, retryAfter) {
    for (const [socket, subscription] of this.#sockets) {
      if (reason) subscription.bye(reason, retryAfter)
      socket.close(code)
    }
  }

  /** The network breaks: nobody is told. */
  cutAll() {
    for (const socket of this.#websockets.clients) socket.terminate()
    for (const [, socket] of this.#handshakes.splice(0)) socket.destroy()
    this.#http.closeAllConnections()
  }

  /** The handshakes that were swallowed are answered after all. */
  answerLate() {
    for (const handshake of this.#handshakes.splice(0)) this.#greet(handshake)
  }

  /** Says something that the contract does not foresee. */
  sayToAll(items) {
    for (const socket of this.#sockets.keys()) socket.send(JSON.stringify(items))
  }

  happened(what, detail = {}) {
    this.#seen.push({ what, ...detail })
    this.#happened.emit("any")
  }

  /** The first event of this kind that was not waited for yet. */
  async saw(what, matches = () => true) {
    for (;;) {
      const at = this.#seen.findIndex((event) => event.what === what && matches(event))
      if (at >= 0) return this.#seen.splice(at, 1)[0]
      await once(this.#happened, "any")
    }
  }

  /** How often it happened since the last `saw`. */
  count(what) {
    return this.#seen.filter((event) => event.what === what).length
  }

  /** Resolves while a connection follows this stream. */
  async follows(stream) {
    while (![...this.subscriptions].some(({ positions }) => positions.has(stream))) await once(this.#happened, "any")
  }

  // --- WebSocket

  #upgrade(request, socket, head) {
    socket.on("error", () => {})
    this.happened("connect", { transport: "websocket" })
    if (this.swallowed.has("websocket")) return this.#handshakes.push([request, socket, head])
    if (this.refused.has("websocket")) return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n")
    this.#greet([request, socket, head])
  }

  #greet(handshake) {
    this.#websockets.handleUpgrade(...handshake, (websocket) => this.#converse(websocket))
  }

  #converse(socket) {
    const write = (items) => this.mute || socket.send(JSON.stringify(items))
    if (this.turnAway) {
      const { code, reason, retryAfter } = this.turnAway
      write([{ type: "bye", reason, ...(retryAfter === undefined ? {} : { retry_after: retryAfter }) }])
      return socket.close(code)
    }
    const subscription = new Subscription(this, write, STREAMS_PER_SOCKET)
    this.#sockets.set(socket, subscription)
    socket.on("message", (text) => this.#hear(JSON.parse(text), subscription, write))
    socket.on("close", () => {
      subscription.close()
      this.#sockets.delete(socket)
      this.happened("disconnect", { transport: "websocket" })
    })
  }

  #hear(frame, subscription, write) {
    const { type, id } = frame
    this.happened("frame", { frame })
    if (type === "subscribe") subscription.subscribe(frame.cursor)
    else if (type === "unsubscribe") subscription.unsubscribe(frame.streams)
    else if (type === "ping") write([{ type: "pong" }])
    else if (type !== "ack") run(this, type, frame.data).then((reply) => id && reply && write([{ type: "reply", id, ...reply }]))
  }

  // --- HTTP

  #serve(request, response) {
    const url = new URL(request.url, "http://here")
    response.on("error", () => {})
    if (url.pathname === "/events/") return this.#stream(url, response)
    if (url.pathname === "/poll/") return this.#poll(url, response)
    this.#command(url.pathname.split("/").at(-1), request, response)
  }

  #refuses(transport, response) {
    this.happened("connect", { transport })
    if (this.swallowed.has(transport)) return true
    if (this.refused.has(transport)) {
      response.writeHead(502).end("<h1>Bad gateway</h1>")
      return true
    }
    if (!this.turnAway) return false
    const { status, retryAfter } = this.turnAway
    response.writeHead(status, retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) }).end("{}")
    return true
  }

  #stream(url, response) {
    if (this.#refuses("sse", response)) return
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" })
    const write = (items) => {
      for (const item of items) response.write(`id: x\nevent: ${item.type}\ndata: ${JSON.stringify(item)}\n\n`)
      if (items.some((item) => item.type === "bye")) response.end()
    }
    const subscription = new Subscription(this, write, STREAMS_PER_REQUEST)
    this.#untilClosed("sse", response, subscription)
    this.beat = () => response.write(":\n\n")
    this.endResponses = () => response.end()
    subscription.subscribe(url.searchParams.get("cursor"))
  }

  #poll(url, response) {
    if (this.#refuses("longpoll", response)) return
    const cursor = url.searchParams.get("cursor")
    const items = []
    const answer = () => {
      if (response.writableEnded) return
      subscription.close()
      response.writeHead(200, { "Content-Type": "application/json" })
      response.end(JSON.stringify({ items, cursor: "" }))
    }
    const write = (more) => {
      items.push(...more)
      if (more.some(({ type }) => type !== "hello" && type !== "subscribed")) setImmediate(answer)
    }
    const subscription = new Subscription(this, write, STREAMS_PER_REQUEST)
    this.#untilClosed("longpoll", response, subscription)
    this.endResponses = answer
    subscription.subscribe(cursor)
    if (!cursor.includes("/") || url.searchParams.get("wait") === "0") answer()
  }

  #untilClosed(transport, response, subscription) {
    response.on("close", () => {
      subscription.close()
      this.happened("disconnect", { transport })
    })
  }

  async #command(name, request, response) {
    let body = ""
    for await (const piece of request) body += piece
    this.posted.push({ name, headers: request.headers })
    this.happened("post", { name })
    if (this.brokenPosts) return response.writeHead(this.brokenPosts, { "Retry-After": "7" }).end("<h1>Sorry</h1>")
    const reply = await run(this, name, JSON.parse(body))
    if (!reply) return response.destroy()
    const status = reply.ok ? 200 : STATUSES[reply.error.code]
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(reply))
  }
}
