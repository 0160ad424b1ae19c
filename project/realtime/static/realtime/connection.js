import { Backoff } from "./backoff.js"
import { Climber, OPEN_MS } from "./climber.js"
import { LOST, politeWait, resumesAtOnce, saidByServer, stopReason } from "./closing.js"
import { Heartbeat } from "./heartbeat.js"
import { HttpCommands } from "./http_commands.js"
import { Ladder } from "./ladder.js"
import { LongPollTransport } from "./longpoll.js"
import { Reader } from "./reader.js"
import { Remembered } from "./remembered.js"
import { SseTransport } from "./sse.js"
import { WebSocketTransport } from "./websocket.js"

/** A connection that lasted this long was worth having: the next failure is a new story. So is a choice to begin anew. */
const STABLE_MS = 5_000

/**
 * @typedef {object} ConnectionState
 * @property {"connecting" | "live" | "reconnecting" | "offline" | "stopped"} phase
 * @property {"websocket" | "sse" | "longpoll" | null} transport
 * @property {number | null} retryAt      epoch ms of the next try, while waiting for it
 * @property {number | null} staleSince   epoch ms since when nothing can have arrived
 * @property {string | null} reason       why it is not live, where the server said so
 */

/** The one connection of a browser: it holds a transport, replaces it when it breaks, and goes on where it was. */
export class Connection {
  #browser
  #urls
  #commands
  #changed
  #reader
  #ladder
  #remembered
  #backoff
  #climber
  #heartbeat = new Heartbeat({ ask: () => this.#transport.ping(), dead: () => this.#break() })
  #transport = null
  #live = false
  #liveSince = 0
  #resumedAt = 0
  #bye = null
  #timer = null
  #firmWait = false
  #state = { phase: "stopped", transport: null, retryAt: null, staleSince: null, reason: null }

  /**
   * @param {object} options
   * @param {import("./browser.js").Browser} options.browser
   * @param {{ websocket: string, events: string, poll: string, commands: string }} options.urls
   * @param {HttpCommands} options.commands
   * @param {boolean} options.socket   whether a WebSocket is wanted
   * @param {string | null} options.transport   the one to begin with; else the one that worked last
   * @param {string | null} options.epoch   of the positions that will be asked for, where it is known
   * @param {{ items: (items: object[]) => void, epoch: (epoch: string) => void, state: () => void }} options.told
   */
  constructor({ browser, urls, commands, socket, transport: label, epoch, told }) {
    this.#browser = browser
    this.#urls = urls
    this.#commands = commands
    this.#changed = told.state
    this.#backoff = new Backoff(browser.random)
    const known = [...(socket ? [WebSocketTransport] : []), SseTransport, LongPollTransport]
    this.#remembered = new Remembered(browser.storage, socket)
    const first = label ?? this.#remembered.transport
    this.#ladder = new Ladder(known.filter((transport) => transport.available(browser)), first)
    this.#climber = new Climber({
      ladder: this.#ladder,
      make: (Transport) => this.#make(Transport),
      found: (transport) => this.#replaceWith(transport),
    })
    const ask = {
      follow: (cursor) => [this.#transport, this.#climber].forEach((asked) => asked?.follow(cursor)),
      unfollow: (streams) => this.#transport?.unfollow(streams),
      ack: (cursor) => this.#transport?.ack(cursor),
      resume: () => this.#resume(),
    }
    this.#reader = new Reader({ epoch, ask, told })
  }

  /** @returns {ConnectionState} */
  get state() {
    return this.#state
  }

  /** What is read, and where to say what should be. */
  get reader() {
    return this.#reader
  }

  connect() {
    if (this.#state.phase !== "stopped") return
    this.#backoff.reset()
    this.#become({ phase: "connecting", reason: null })
    this.#dial()
  }

  disconnect() {
    this.#stop(null)
  }

  /** @returns {Promise<any>} the reply's data; rejects with CommandError */
  command(name, data) {
    return (this.#live ? this.#transport : this.#commands).command(name, data)
  }

  /** Tells the server something that nobody waits for; dropped while not connected. */
  notify(name, data) {
    if (this.#live) this.#transport.notify(name, data)
  }

  /** The network came back, or somebody looks: do not wait any longer, unless the server asked for it. */
  wake() {
    if (this.#live) this.#heartbeat.probe()
    else if (this.#state.retryAt !== null && !this.#firmWait) this.#dial()
  }

  /** The browser says that there is no network. It is mostly right, so what is open is dropped; trying goes on. */
  networkLost() {
    if (this.#transport) this.#break()
    else if (this.#state.retryAt !== null) this.#become({ phase: "offline" })
  }

  // --- Opening

  #dial() {
    clearTimeout(this.#timer)
    this.#bye = null
    this.#reader.opening()
    this.#become({ retryAt: null })
    this.#timer = setTimeout(() => this.#break(), OPEN_MS)
    if (!this.#liveSince) this.#climber.race()
    this.#transport = this.#make(this.#ladder.current)
    this.#transport.open()
  }

  #make(Transport) {
    const owner = {
      cursor: () => this.#reader.cursor(),
      items: (transport, items, characters) => this.#receive(transport, items, characters),
      alive: (transport) => transport === this.#transport && this.#live && this.#heartbeat.heard(),
      closed: (transport, end) => this.#closed(transport, end),
    }
    return new Transport({ browser: this.#browser, urls: this.#urls, commands: this.#commands, owner })
  }

  #receive(transport, items, characters) {
    if (this.#climber.holds(transport)) this.#climber.heard(items)
    if (transport !== this.#transport) return
    if (!this.#live && items.some((item) => item.type === "hello")) this.#opened()
    if (this.#live) this.#heartbeat.heard()
    this.#bye = items.find((item) => item.type === "bye") ?? this.#bye
    this.#reader.take(items, characters)
  }

  #opened() {
    clearTimeout(this.#timer)
    this.#live = true
    this.#liveSince = Date.now()
    this.#ladder.opened(this.#transport.constructor)
    this.#remembered.transport = this.#transport.constructor.label
    this.#heartbeat.connect()
    this.#climber.connect()
    this.#become({ phase: "live", transport: this.#transport.constructor.label, staleSince: null, reason: null })
  }

  /** A better transport works: it takes over, and the streams are asked for again from where they are. */
  #replaceWith(transport) {
    this.#transport.close()
    this.#heartbeat.disconnect()
    this.#transport = transport
    this.#live = false
    this.#reader.opening()
  }

  // --- Closing

  #closed(transport, { code, retryAfter }) {
    if (this.#live && this.#climber.holds(transport)) this.#climber.connect()
    if (transport !== this.#transport) return
    if (!this.#live && !saidByServer(code) && !this.#offline) this.#ladder.failed()
    this.#unplug()
    const reason = stopReason(code)
    if (reason) this.#stop(reason)
    else if (retryAfter !== undefined) this.#waitAsAsked(retryAfter)
    else this.#backOff({ atOnce: resumesAtOnce(code) })
  }

  #break() {
    this.#transport.close()
    this.#closed(this.#transport, { code: LOST })
  }

  /**
   * Begins anew by our own choice. The server answers, so how often it did not before is no reason to wait; only having
   * chosen so a moment ago is.
   */
  #resume() {
    if (!this.#transport) return
    this.#transport.close()
    this.#unplug()
    if (Date.now() - this.#resumedAt >= STABLE_MS) this.#backoff.reset()
    this.#resumedAt = Date.now()
    this.#backOff({ atOnce: true })
  }

  #unplug() {
    if (this.#live) {
      if (Date.now() - this.#liveSince >= STABLE_MS) this.#backoff.reset()
      this.#state = { ...this.#state, staleSince: Date.now() }
    }
    clearTimeout(this.#timer)
    this.#transport = null
    this.#live = false
    this.#reader.closed()
    this.#heartbeat.disconnect()
    this.#climber.disconnect()
  }

  #waitAsAsked(seconds) {
    this.#firmWait = true
    this.#retryIn(politeWait(seconds, this.#browser.random))
  }

  #backOff({ atOnce }) {
    this.#firmWait = false
    const first = this.#backoff.failures === 0
    const wait = this.#backoff.next()
    this.#retryIn(atOnce && first ? 0 : wait)
  }

  #retryIn(wait) {
    const phase = this.#offline ? "offline" : "reconnecting"
    this.#become({ phase, transport: null, retryAt: Date.now() + wait, reason: this.#bye?.reason ?? null })
    this.#timer = setTimeout(() => this.#dial(), wait)
  }

  #stop(reason) {
    this.#transport?.close()
    this.#unplug()
    this.#become({ phase: "stopped", transport: null, retryAt: null, reason })
  }

  get #offline() {
    return this.#browser.navigator?.onLine === false
  }

  #become(change) {
    this.#state = { ...this.#state, ...change }
    this.#changed()
  }
}
