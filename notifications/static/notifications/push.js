// Web push to this browser: asked of the browser's own push service, and then told to the site. The site pushes for as long
// as the person is signed in here, so whoever signs in anew says so.

/** Whose the subscription is, in which sign-in that was said last, and what it was made with: `{ user, sign_in, day, key, name }`. */
const KEPT = "watchroom.push"
const DAY_MS = 86_400_000

export class Push {
  #browser
  #desktop
  #key
  #live
  #name
  #owner

  /**
   * @param {object} options
   * @param {{ command: (name: string, data: object) => Promise<any> }} options.live
   * @param {import("./desktop.js").Desktop} options.desktop
   * @param {{ user: number, sign_in: string }} options.owner   who is signed in
   * @param {string} [options.key]   the site's public key, as the push service wants it; without it, only to turn off
   * @param {string} [options.name]   what this browser is called in the list of devices
   */
  constructor({ live, desktop, owner, key, name, browser = globalThis }) {
    this.#live = live
    this.#desktop = desktop
    this.#owner = owner
    this.#key = key
    this.#name = name
    this.#browser = browser
  }

  get isPossible() {
    return Boolean(this.#key && this.#desktop.isPossible && this.#browser.PushManager)
  }

  /** @returns {Promise<PushSubscription | null>} what is in force */
  async subscription() {
    if (!this.#desktop.isPossible || !this.#browser.PushManager) return null
    const registration = await this.#browser.navigator.serviceWorker.getRegistration("/")
    return (await registration?.pushManager.getSubscription()) ?? null
  }

  /** Only as the answer to a press: it may ask for leave. -> the subscription, or null where leave was not given */
  async turnOn() {
    return (await this.#desktop.turnOn()) ? this.#subscribe() : null
  }

  async #subscribe() {
    const { pushManager } = await this.#desktop.worker()
    const options = { userVisibleOnly: true, applicationServerKey: bytes(this.#key) }
    const subscription = await pushManager.subscribe(options)
    const { endpoint, keys } = subscription.toJSON()
    await this.#live.command("device.add", { endpoint, ...keys, name: this.#name })
    this.#keep()
    return subscription
  }

  /**
   * Once for each sign-in, and once a day: says that this browser is still there. A subscription of somebody else who was
   * signed in here before is ended, and so is one that was removed on another device. One that the browser has given up
   * by itself, as after too many messages that showed nothing, is made anew; only where leave was given.
   */
  async renew() {
    const kept = this.#kept
    const { user, sign_in } = this.#owner
    const isSame = kept?.user === user
    if (isSame && kept.sign_in === sign_in && kept.day === today()) return
    const subscription = await this.subscription()
    if (!subscription) return isSame && kept.key ? this.#subscribeAgain(kept) : undefined
    try {
      if (kept && !isSame) throw Object.assign(new Error("somebody else's"), { code: "not_found" })
      await this.#live.command("device.renew", { endpoint: subscription.endpoint })
      this.#keep()
    } catch (error) {
      if (error.code === "not_found") await this.#end(subscription)
    }
  }

  async #subscribeAgain({ key, name }) {
    this.#key = key
    this.#name = name
    await this.#subscribe().catch(() => {}) // without a network: the next page tries
  }

  /** -> the subscription that was in force, or null */
  async turnOff() {
    const subscription = await this.subscription()
    if (subscription) await this.#live.command("device.remove", { endpoint: subscription.endpoint })
    await this.#end(subscription)
    return subscription
  }

  async #end(subscription) {
    await subscription?.unsubscribe()
    this.#store((storage) => storage.removeItem(KEPT))
  }

  get #kept() {
    return this.#store((storage) => JSON.parse(storage.getItem(KEPT)))
  }

  #keep() {
    const made = this.#key ? { key: this.#key, name: this.#name } : this.#kept
    const kept = { ...made, ...this.#owner, day: today() }
    this.#store((storage) => storage.setItem(KEPT, JSON.stringify(kept)))
  }

  #store(work) {
    try {
      return work(this.#browser.localStorage)
    } catch {
      return null // storage is blocked: each page says it again
    }
  }
}

const today = () => Math.floor(Date.now() / DAY_MS)

/** From base64url. */
export function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(plain, (character) => character.charCodeAt(0))
}
