// What every page of somebody who is signed in has: the bell and its drawer, and whatever comes up by itself.

import { times } from "../project/times.js"
import { readNotifications } from "./api.js"
import { Bell } from "./bell.js"
import { Deeds } from "./deeds.js"
import { Desktop } from "./desktop.js"
import { Drawer } from "./drawer.js"
import { Inbox } from "./inbox.js"
import { Notices } from "./notices.js"
import { Push } from "./push.js"
import { Seen } from "./seen.js"
import { watchSignOut } from "./signing_out.js"
import { Sound } from "./sound.js"

/** Fires `wish` with the item for each other event of the person's inbox, such as a setting that was changed. */
export class Notifications extends EventTarget {
  #bell
  #data
  #drawer
  #live
  #stop = null

  /**
   * @param {object} options
   * @param {import("../realtime/live.js").Live} options.live
   * @param {object} options.data   what the server says of the person's inbox: see notifications/context.py
   * @param {(url: URL) => boolean} [options.visit]   shows an address without leaving the page, where it can
   */
  constructor({ live, data, visit = () => false }) {
    super()
    this.#live = live
    this.#data = data
    this.looks = { kinds: new Map(data.kinds.map((kind) => [kind.name, kind])), times }
    this.owner = { user: data.user, sign_in: data.sign_in }
    this.inbox = new Inbox(data)
    this.notices = new Notices({ inbox: this.inbox, looks: this.looks })
    this.deeds = new Deeds({ inbox: this.inbox, live, said: this.notices.say, refused: this.notices.complain })
    this.desktop = new Desktop(this.inbox)
    this.sound = new Sound()
    this.sound.wanted = data.sound
    this.#bell = new Bell(this.inbox)
    const newest = async (limit) => snapshot(await readNotifications({}, { limit }))
    this.#drawer = new Drawer({ inbox: this.inbox, deeds: this.deeds, looks: this.looks, newest })
    document.addEventListener("click", (event) => this.#pressed(event, visit))
    document.addEventListener("click", (event) => this.#choseDesktop(event))
  }

  connect() {
    const { inbox } = this
    this.#bell.connect()
    this.#drawer.connect()
    this.notices.connect(this.deeds)
    this.desktop.connect()
    this.desktop.addEventListener("change", () => this.#ask())
    this.#ask()
    inbox.addEventListener("arrival", ({ detail }) => this.sound.arrived(detail))
    const push = new Push({ live: this.#live, desktop: this.desktop, owner: this.owner })
    watchSignOut({ push, desktop: this.desktop })
    if (this.desktop.permission === "granted") push.renew()
    new Seen({ inbox, live: this.#live, told: this.#data.seen_seq }).connect()
    this.#follow(this.#data.seq)
  }

  /** Again, for a bell that was put into the page just now. */
  draw() {
    this.#bell.draw()
  }

  get #stream() {
    return `inbox.${this.#data.user}`
  }

  #follow(seq) {
    this.#stop = this.#live.subscribe(this.#stream, seq, {
      event: (item) => this.#heard(item),
      reset: () => this.#reload(),
    })
  }

  #heard(item) {
    this.inbox.event(item)
    if (item.type === "settings.changed") this.sound.wanted = item.data.sound
    this.dispatchEvent(new CustomEvent("wish", { detail: item }))
  }

  /** The page was away for longer than the log goes back: begins anew from what is so now. */
  async #reload() {
    this.#stop()
    try {
      const { unread, seq } = await snapshot(await readNotifications({}, { limit: 1 }))
      this.inbox.begin({ unread, seq })
      this.#drawer.refresh()
      this.#follow(seq)
    } catch {
      this.#live.addEventListener("state", () => this.#reload(), { once: true })
    }
  }

  /** A link to a notification's place: where the page can go there by itself, the notification is read on the way. */
  #pressed(event, visit) {
    const link = event.target.closest(".brief-title[href], .note-title[href]")
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !isPlain) return
    const id = Number(link.closest("[data-id]").dataset.id)
    const place = this.inbox.get(id)?.link
    if (!place || !visit(new URL(place, location.href))) return
    event.preventDefault()
    this.#drawer.hide()
    this.deeds.read([id], { quiet: true })
  }

  // --- Desktop notifications: asked for by a press, and only then

  #ask() {
    document.getElementById("drawer-ask").hidden = !this.desktop.isOpenQuestion
  }

  async #choseDesktop(event) {
    const choice = event.target.closest("[data-desktop]")?.dataset.desktop
    if (choice === "later") this.desktop.turnOff()
    if (choice !== "ask") return
    const isOn = await this.desktop.turnOn()
    this.notices.say(isOn ? "You will be told on this device." : "The browser was told not to show any.", null)
  }
}

/** What the API answers, with the position as a number. */
export function snapshot({ cursor, ...rest }) {
  return { ...rest, seq: Number(cursor.slice(cursor.lastIndexOf(":") + 1)) }
}
