// Tells the server how far the inbox was seen: on a page that is shown, by somebody who is there to see it.

/** A page that nobody has touched for this long may be shown to an empty chair. */
const PRESENT_MS = 30_000
const SETTLE_MS = 700
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart", "focus"]

export class Seen {
  #browser
  #inbox
  #live
  #present = -Infinity
  #timer = null
  #told

  /**
   * @param {object} options
   * @param {import("./inbox.js").Inbox} options.inbox
   * @param {{ command: (name: string, data: object) => Promise<any> }} options.live
   * @param {number} options.told   what the server knows already
   * @param {{ window: EventTarget, document: Document }} [options.browser]
   */
  constructor({ inbox, live, told, browser = globalThis }) {
    this.#inbox = inbox
    this.#live = live
    this.#told = told
    this.#browser = browser
  }

  connect() {
    const { window, document } = this.#browser
    for (const sign of SIGNS) window.addEventListener(sign, this.#here, { passive: true, capture: true })
    document.addEventListener("visibilitychange", this.#later)
    this.#inbox.addEventListener("change", this.#later)
  }

  disconnect() {
    const { window, document } = this.#browser
    for (const sign of SIGNS) window.removeEventListener(sign, this.#here, { capture: true })
    document.removeEventListener("visibilitychange", this.#later)
    this.#inbox.removeEventListener("change", this.#later)
    clearTimeout(this.#timer)
    this.#timer = null
  }

  get #isWatched() {
    return this.#browser.document.visibilityState === "visible" && Date.now() - this.#present < PRESENT_MS
  }

  #here = () => {
    this.#present = Date.now()
    this.#later()
  }

  #later = () => {
    if (!this.#isWatched || this.#inbox.seq <= this.#told || !this.#inbox.unread) return
    this.#timer ??= setTimeout(this.#tell, SETTLE_MS)
  }

  #tell = async () => {
    this.#timer = null
    if (this.#browser.document.visibilityState !== "visible") return
    const { seq } = this.#inbox
    const before = this.#told
    this.#told = seq
    try {
      await this.#live.command("notification.seen", { seq })
    } catch {
      this.#told = before // the next sign of somebody says it again
    }
  }
}
