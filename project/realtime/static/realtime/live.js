import { browser } from "./browser.js"
import { Follow } from "./follow.js"
import { HttpCommands } from "./http_commands.js"
import { Lead } from "./lead.js"
import { Leadership } from "./leader.js"
import { Shared } from "./shared.js"
import { Subscribers } from "./subscribers.js"
import { TabPresence } from "./tab_presence.js"

export { CommandError } from "./command_error.js"
export { parseCursor } from "./cursor.js"

const STOPPED = { phase: "stopped", transport: null, retryAt: null, staleSince: null, leader: false, reason: null }

/**
 * What is going on, live: the one thing a page needs to import.
 *
 * All tabs of a user share one connection where the browser can do that; what each subscriber gets does not depend on
 * it. Fires `state` whenever `live.state` has changed.
 */
export class Live extends EventTarget {
  #browser
  #commands
  #connecting
  #leadership = null
  #listening = null
  #presence = null
  #resigned = false
  #role = null
  #shared = null
  #state = STOPPED
  #subscribers
  #tab
  #user

  /**
   * @param {object} options
   * @param {number} options.user
   * @param {string | null} [options.epoch]   the one the page's positions belong to, from its cursor
   * @param {string} [options.csrfToken]
   * @param {{ websocket: string, events: string, poll: string, commands: string }} options.urls
   * @param {boolean} [options.socket]   whether this page is worth a WebSocket; where no tab is, events over HTTP do
   * @param {Partial<import("./browser.js").Browser>} [options.browser]
   */
  constructor({ user, epoch = null, csrfToken, urls, socket = true, browser: overrides }) {
    super()
    this.#browser = browser(overrides)
    this.#user = user
    this.#tab = this.#browser.uuid()
    this.#commands = new HttpCommands({ browser: this.#browser, url: urls.commands, csrfToken })
    this.#connecting = { browser: this.#browser, urls, commands: this.#commands, socket }
    this.#subscribers = new Subscribers({
      epoch,
      want: (stream, seq) => this.#role?.want(stream, seq),
      drop: (stream) => this.#role?.drop(stream),
    })
  }

  /** @returns {import("./connection.js").ConnectionState & { leader: boolean }} */
  get state() {
    return this.#state
  }

  connect() {
    if (this.#listening) return
    this.#listening = new AbortController()
    this.#listen(this.#listening.signal)
    this.#begin()
  }

  disconnect() {
    if (!this.#listening) return
    this.#listening.abort()
    this.#listening = null
    this.#end()
    this.#changed(STOPPED)
  }

  /**
   * Follows a stream from what is handled already.
   *
   * Each event after `seq` comes once and in order, whatever happens to the connection or to other tabs. After `reset`,
   * `denied` or `revoked` nothing more comes (`denied` with the reason `limit` excepted: it is served when there is room).
   *
   * @param {string} stream
   * @param {number} seq   the last event handled, from the snapshot's cursor; 0 asks for all that is kept
   * @param {import("./subscribers.js").Handlers} handlers
   * @returns {() => void} stops it
   */
  subscribe(stream, seq, handlers) {
    return this.#subscribers.add(stream, seq, handlers)
  }

  /**
   * @param {string} name
   * @param {object} data
   * @returns {Promise<any>} the reply's data; rejects with CommandError. With the code `unavailable` it may have happened
   */
  command(name, data) {
    return (this.#role ?? this.#commands).command(name, data)
  }

  /** Tells the server something that nobody waits for; dropped while not connected. */
  notify(name, data) {
    this.#role?.notify(name, data)
  }

  /** Somebody does not want to wait for the next try. What the server asked to wait for is waited for all the same. */
  retry() {
    this.#role?.retry()
  }

  // --- Alone, leading or following

  async #begin() {
    const { BroadcastChannel, locks } = this.#browser
    const name = `watchroom.live.${this.#user}`
    this.#changed({ ...STOPPED, phase: "connecting" })
    if (!BroadcastChannel || !locks) return this.#lead()
    const presence = (this.#presence = new TabPresence({ locks, name: (tab) => `${name}.${tab}` }))
    const granted = await presence.connect(this.#tab).then(() => true, () => false)
    if (this.#presence !== presence) return
    if (!granted) return this.#lead()
    this.#shared = new Shared({ BroadcastChannel, name, tab: this.#tab, received: (message) => this.#receive(message) })
    this.#leadership = new Leadership({ locks, name, elected: () => this.#lead(), lost: () => this.#follow() })
    this.#shared.connect()
    this.#follow()
    this.#leadership.connect()
  }

  #end() {
    this.#resigned = false
    this.#role?.disconnect()
    this.#role = null
    this.#presence?.disconnect()
    this.#leadership?.disconnect()
    this.#shared?.disconnect()
    this.#presence = this.#leadership = this.#shared = null
  }

  #lead() {
    this.#become(new Lead({
      tab: this.#tab,
      shared: this.#shared,
      presence: this.#presence,
      desk: this.#desk,
      connecting: { ...this.#connecting, transport: this.#state.transport },
    }))
  }

  #follow() {
    this.#become(new Follow({
      browser: this.#browser,
      commands: this.#commands,
      shared: this.#shared,
      desk: this.#desk,
      socket: this.#connecting.socket,
      takeLead: () => this.#leadership.take(),
    }))
  }

  #become(role) {
    this.#role?.disconnect()
    this.#role = role
    role.connect()
  }

  get #desk() {
    return { subscribers: this.#subscribers, changed: (state) => this.#changed(state) }
  }

  #receive(message) {
    if (this.#resigned && message.kind === "state" && message.state.phase === "live") this.#rejoin()
    this.#role?.receive(message)
  }

  /** This tab must not go on. Another may: it may have been signed in since. */
  #resign() {
    this.#resigned = true
    this.#role = null
    this.#leadership.disconnect()
  }

  /** Another tab went on, so this one may follow it. */
  #rejoin() {
    this.#resigned = false
    this.#follow()
    this.#leadership.connect()
  }

  #changed(state) {
    this.#state = { ...state, leader: Boolean(this.#role?.leads) }
    this.dispatchEvent(new Event("state"))
    if (this.#state.leader && state.phase === "stopped" && this.#leadership) this.#resign()
  }

  // --- The browser

  #listen(signal) {
    const { window, document } = this.#browser
    window?.addEventListener("online", () => this.#role?.wake(), { signal })
    window?.addEventListener("offline", () => this.#role?.networkLost(), { signal })
    window?.addEventListener("pagehide", () => this.#end(), { signal })
    window?.addEventListener("pageshow", ({ persisted }) => persisted && this.#begin(), { signal })
    document?.addEventListener("resume", () => this.#role?.wake(), { signal })
    document?.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#role?.wake()
    }, { signal })
  }
}
