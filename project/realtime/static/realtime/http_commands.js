import { CommandError, unanswered } from "./command_error.js"

/** Past this, an answer is not worth waiting for; the server's own limits are shorter. */
const ANSWER_MS = 15_000
/** A browser that is to carry on with more than twice as much at once, when somebody goes to another page, refuses it. */
const KEPT_BYTES = 32 * 1024

const CODES = new Map([
  [401, "unauthenticated"], [403, "forbidden"], [404, "not_found"], [409, "conflict"],
  [413, "too_large"], [422, "invalid"], [429, "rate_limited"], [500, "internal"],
])

/** Commands by POST: for the transports that only listen, and for a tab that has no connection of its own. */
export class HttpCommands {
  #browser
  #csrfToken
  #kept = 0
  #url

  /** @param {{ browser: import("./browser.js").Browser, url: string, csrfToken?: string }} options */
  constructor({ browser, url, csrfToken }) {
    this.#browser = browser
    this.#url = url
    this.#csrfToken = csrfToken
  }

  /**
   * What was done is not lost where somebody goes to another page at once, unless it is very much.
   * @param {string} name
   * @param {object} data
   * @returns {Promise<any>} the reply's data; rejects with CommandError
   */
  async command(name, data) {
    const body = new TextEncoder().encode(JSON.stringify(data))
    const keepalive = this.#kept + body.length <= KEPT_BYTES
    const kept = keepalive ? body.length : 0
    this.#kept += kept
    try {
      return await this.#post(name, { body, keepalive })
    } finally {
      this.#kept -= kept
    }
  }

  async #post(name, request) {
    let response
    let reply = null
    try {
      response = await this.#browser.fetch(new URL(this.#url + name, this.#browser.address), {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.#token() },
        ...request,
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      reply = await response.json().catch(() => null)
    } catch {
      throw unanswered()
    }
    if (response.ok && reply?.ok) return reply.data
    throw new CommandError(reply?.error ?? withoutReply(response))
  }

  /** Tells the server something that nobody waits for. */
  notify(name, data) {
    this.command(name, data).catch(() => {})
  }

  /** The cookie wins: signing in in another tab changes the token, and the page still has the old one. */
  #token() {
    const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(this.#browser.document?.cookie ?? "")
    return cookie?.[1] ?? this.#csrfToken ?? ""
  }
}

/** Something on the way answered in the server's place: its status is all there is to go by. */
function withoutReply(response) {
  const retryAfter = Number(response.headers.get("Retry-After"))
  return {
    code: CODES.get(response.status) ?? "unavailable",
    message: `The server answered with status ${response.status}.`,
    retry_after: retryAfter > 0 ? retryAfter : undefined,
  }
}
