// Notifications of the desktop, while no page of ours is looked at. What is read anywhere is taken down here, and what is
// corrected is corrected here too.

import { readNotification } from "./api.js"
import { isUnread } from "./inbox.js"

const WORKER = "/service-worker.js"
const CHOICE = "watchroom.desktop"
const NOT_FOUND = 404
/** Only what a person is meant to be told of by itself. */
const NORMAL = 3

export class Desktop extends EventTarget {
  #browser
  #inbox
  #registered = null

  constructor(inbox, browser = globalThis) {
    super()
    this.#inbox = inbox
    this.#browser = browser
  }

  connect() {
    this.#inbox.addEventListener("arrival", ({ detail }) => this.#arrived(detail))
    this.#inbox.addEventListener("correction", ({ detail }) => this.#correct(detail))
    this.#inbox.addEventListener("settled", ({ detail }) => this.#takeDown(detail))
    if (this.isOn) this.#lookAround()
  }

  get isPossible() {
    return Boolean(this.#browser.Notification && this.#browser.navigator.serviceWorker)
  }

  /** "default" until somebody was asked, then "granted" or "denied". */
  get permission() {
    return this.isPossible ? this.#browser.Notification.permission : "denied"
  }

  get isOn() {
    return this.permission === "granted" && this.#choice !== "off"
  }

  /** Whether the drawer may offer it. */
  get isOpenQuestion() {
    return this.permission === "default" && this.#choice === null
  }

  /** Asks for leave: only ever as the answer to a press of a button. -> whether it was given */
  async turnOn() {
    this.#choose("on")
    const isGranted = (await this.#browser.Notification.requestPermission()) === "granted"
    if (isGranted) await this.worker()
    this.dispatchEvent(new Event("change"))
    return isGranted
  }

  turnOff() {
    this.#choose("off")
    this.dispatchEvent(new Event("change"))
  }

  /** The service worker's registration, once it is at work. */
  async worker() {
    const { serviceWorker } = this.#browser.navigator
    this.#registered ??= serviceWorker.register(WORKER)
    await this.#registered
    return serviceWorker.ready
  }

  async #arrived(notification) {
    if (!this.isOn || notification.priority < NORMAL) return
    const { active } = await this.worker()
    active.postMessage({ show: notification })
  }

  async #correct(notification) {
    if (this.permission !== "granted") return
    const { active } = await this.worker()
    active.postMessage({ correct: notification })
  }

  takeDownAll() {
    return this.#takeDown(() => true)
  }

  async #takeDown(concerns) {
    if (this.permission !== "granted") return
    const shown = await (await this.worker()).getNotifications()
    for (const copy of shown) if (concerns(Number(copy.tag))) copy.close()
  }

  /** What is still up from before may have been read, corrected or withdrawn meanwhile. */
  async #lookAround() {
    const shown = await (await this.worker()).getNotifications()
    for (const copy of shown) {
      try {
        const notification = await readNotification(Number(copy.tag))
        if (isUnread(notification)) this.#correct(notification)
        else copy.close()
      } catch ({ status }) {
        if (status === NOT_FOUND) copy.close()
      }
    }
  }

  get #choice() {
    try {
      return this.#browser.localStorage.getItem(CHOICE)
    } catch {
      return null // storage is blocked: as if nobody had chosen
    }
  }

  #choose(choice) {
    try {
      this.#browser.localStorage.setItem(CHOICE, choice)
    } catch {
      // Storage is blocked: the browser's own permission is all there is.
    }
  }
}
