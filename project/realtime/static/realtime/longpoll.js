import { endOfItems, endOfResponse, LOST } from "./closing.js"
import { Request } from "./request.js"

/** How long the server may wait for something to say, in seconds: below the half minute that proxies like. */
const WAIT_S = 25
/** An answer without news that comes sooner than this is no reason to ask again at once. */
const REST_MS = 1000

/** Long-polling, with commands by POST: what works wherever a page loads at all. */
export class LongPollTransport {
  static label = "longpoll"

  #browser
  #commands
  #owner
  #request = new Request((signal) => this.#poll(signal))
  #url

  /**
   * @param {{ browser: import("./browser.js").Browser, urls: { poll: string },
   *   commands: import("./http_commands.js").HttpCommands, owner: import("./websocket.js").TransportOwner }} options
   */
  constructor({ browser, urls, commands, owner }) {
    this.#browser = browser
    this.#url = new URL(urls.poll, browser.address)
    this.#commands = commands
    this.#owner = owner
  }

  static available() {
    return true
  }

  open() {
    this.#request.start()
  }

  close() {
    this.#request.stop()
  }

  follow() {
    this.#request.renew()
  }

  /** The next request leaves them out; until then nobody listens. */
  unfollow() {}

  /** Nothing to acknowledge: the next request says how far we are. */
  ack() {}

  /** Nothing to ask: every request ends within its wait. */
  ping() {}

  command(name, data) {
    return this.#commands.command(name, data)
  }

  notify(name, data) {
    this.#commands.notify(name, data)
  }

  async #poll(signal) {
    let end = await this.#ask(signal, 0)
    while (end === null && !signal.aborted) end = await this.#ask(signal, WAIT_S)
    if (signal.aborted) return
    this.#request.stop()
    this.#owner.closed(this, end)
  }

  /**
   * One request; returns why it was the last, or null. The first one does not wait: its answer says that the way is open
   * and which streams are served.
   */
  async #ask(signal, wait) {
    this.#url.searchParams.set("wait", String(wait))
    this.#url.searchParams.set("cursor", this.#owner.cursor())
    const asked = Date.now()
    try {
      const response = await this.#browser.fetch(this.#url, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { Accept: "application/json" },
        signal,
      })
      if (!response.ok) return endOfResponse(response)
      const { items } = await response.json()
      if (signal.aborted) return null
      this.#owner.items(this, items)
      const news = items.some((item) => item.type !== "hello" && item.type !== "subscribed")
      if (wait && !news && Date.now() - asked < REST_MS) await rest(signal)
      return endOfItems(items)
    } catch {
      return { code: LOST }
    }
  }
}

function rest(signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", end)
      resolve()
    }
    const timer = setTimeout(end, REST_MS)
    signal.addEventListener("abort", end)
  })
}
