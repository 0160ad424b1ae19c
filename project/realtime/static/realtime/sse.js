import { endOfItems, endOfResponse, LOST, RESUME } from "./closing.js"
import { Request } from "./request.js"
import { SseParser } from "./sse_parser.js"

/**
 * Server-sent events, with commands by POST.
 *
 * Read with fetch and not with EventSource: it hides the status (signed out or overloaded?) and the server's heartbeat
 * (dead or only quiet?), and reconnects when it thinks best.
 */
export class SseTransport {
  static label = "sse"

  #browser
  #commands
  #owner
  #request = new Request((signal) => this.#listen(signal))
  #url

  /**
   * @param {{ browser: import("./browser.js").Browser, urls: { events: string },
   *   commands: import("./http_commands.js").HttpCommands, owner: import("./websocket.js").TransportOwner }} options
   */
  constructor({ browser, urls, commands, owner }) {
    this.#browser = browser
    this.#url = new URL(urls.events, browser.address)
    this.#commands = commands
    this.#owner = owner
  }

  static available() {
    return typeof ReadableStream === "function"
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

  /** Nothing to acknowledge: an answer is bounded in bytes and age. */
  ack() {}

  /** Nothing to ask: the server's heartbeat comes by itself. */
  ping() {}

  command(name, data) {
    return this.#commands.command(name, data)
  }

  notify(name, data) {
    this.#commands.notify(name, data)
  }

  async #listen(signal) {
    this.#url.searchParams.set("cursor", this.#owner.cursor())
    let end = { code: LOST }
    try {
      const response = await this.#browser.fetch(this.#url, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { Accept: "text/event-stream" },
        signal,
      })
      end = response.ok ? await this.#read(response.body, signal) : endOfResponse(response)
    } catch {
      // The connection broke: that is what LOST says.
    }
    if (signal.aborted) return
    this.#request.stop()
    this.#owner.closed(this, end)
  }

  /** Hands over events until the answer ends, which it does every few minutes; returns why. */
  async #read(body, signal) {
    const parser = new SseParser()
    const reader = body.pipeThrough(new TextDecoderStream()).getReader()
    let end = { code: LOST }
    for (;;) {
      const { done, value } = await reader.read()
      if (done || signal.aborted) return end
      const items = parser.push(value).map((data) => JSON.parse(data))
      if (items.length) end = endOfItems(items) ?? { code: RESUME }
      if (items.length) this.#owner.items(this, items)
      else this.#owner.alive(this)
    }
  }
}
