// Web push to this browser: asked of the browser's own push service, and then told to the site.

export class Push {
  #browser
  #desktop
  #key
  #live
  #name

  /**
   * @param {object} options
   * @param {{ command: (name: string, data: object) => Promise<any> }} options.live
   * @param {import("./desktop.js").Desktop} options.desktop
   * @param {string} [options.key]   the site's public key, as the push service wants it; without it, only to turn off
   * @param {string} [options.name]   what this browser is called in the list of devices
   */
  constructor({ live, desktop, key, name, browser = globalThis }) {
    this.#live = live
    this.#desktop = desktop
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
    if (!(await this.#desktop.turnOn())) return null
    const { pushManager } = await this.#desktop.worker()
    const options = { userVisibleOnly: true, applicationServerKey: bytes(this.#key) }
    const subscription = await pushManager.subscribe(options)
    const { endpoint, keys } = subscription.toJSON()
    await this.#live.command("device.add", { endpoint, ...keys, name: this.#name })
    return subscription
  }

  /** -> the subscription that was in force, or null */
  async turnOff() {
    const subscription = await this.subscription()
    if (!subscription) return null
    await this.#live.command("device.remove", { endpoint: subscription.endpoint })
    await subscription.unsubscribe()
    return subscription
  }
}

/** From base64url. */
export function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(plain, (character) => character.charCodeAt(0))
}
