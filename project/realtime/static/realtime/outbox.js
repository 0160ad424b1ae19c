import { browser } from "./browser.js"
import { Lane } from "./lane.js"
import { OutboxStore } from "./outbox_store.js"

/**
 * What was written but not yet taken by the server. Kept until its outcome is known: over a reload, a crash, and in all
 * tabs. Sent in order per room, each exactly once.
 *
 * Fires `change` when `entries()` has changed, and `sent` with `{ entry, data }` for each that the server took.
 *
 * @typedef {object} Entry
 * @property {string} clientId
 * @property {string} command
 * @property {object} data
 * @property {number} createdAt   epoch ms
 * @property {"pending" | "sending" | "refused"} status   `sending` is known to the tab that sends
 * @property {{ code: string, message: string, fields: Record<string, string> } | null} error
 */
export class Outbox extends EventTarget {
  #browser
  #channel = null
  #entries = []
  #lanes = new Map()
  #listening = null
  #live
  #name
  #sending = new Set()
  #signedOut = false
  #store

  /**
   * @param {object} options
   * @param {import("./live.js").Live} options.live
   * @param {number} options.user
   * @param {Partial<import("./browser.js").Browser>} [options.browser]
   */
  constructor({ live, user, browser: overrides }) {
    super()
    this.#browser = browser(overrides)
    this.#live = live
    this.#name = `watchroom.outbox.${user}`
    this.#store = new OutboxStore(user)
  }

  /** Whether what is written outlives this tab. */
  get durable() {
    return this.#store.durable
  }

  /** Whether nothing is sent until somebody signs in again. */
  get signedOut() {
    return this.#signedOut
  }

  async open() {
    await this.#store.open()
    const { BroadcastChannel } = this.#browser
    if (BroadcastChannel && this.durable) {
      this.#channel = new BroadcastChannel(this.#name)
      this.#channel.onmessage = ({ data }) => this.#heard(data)
    }
    this.#listening = new AbortController()
    this.#live.addEventListener("state", () => this.#stateChanged(), { signal: this.#listening.signal })
    await this.#reload()
  }

  close() {
    this.#listening?.abort()
    this.#channel?.close()
    this.#channel = null
    for (const lane of this.#lanes.values()) lane.disconnect()
    this.#lanes.clear()
    this.#store.close()
  }

  /**
   * Takes something to send. Resolves once it is kept for good; only then it is in `entries()`.
   * @returns {Promise<Entry>}
   */
  async add(command, data) {
    const clientId = this.#browser.uuid()
    const entry = { clientId, command, data, createdAt: Date.now(), notBefore: 0, error: null }
    const stored = await this.#store.add(entry)
    await this.#changed()
    return this.#shown(stored)
  }

  /** @param {(entry: Entry) => boolean} [filter] @returns {Entry[]} in the order of sending */
  entries(filter = () => true) {
    return this.#entries.map((stored) => this.#shown(stored)).filter(filter)
  }

  /** Throws it away. What is on its way already arrives all the same. */
  async discard(clientId) {
    await this.#store.remove(clientId)
    await this.#changed()
  }

  /** Sends a refused one again, with `changes` to its data. */
  async retry(clientId, changes = {}) {
    const stored = this.#entries.find((entry) => entry.clientId === clientId)
    if (!stored) return
    await this.#store.change(clientId, { data: { ...stored.data, ...changes }, error: null, notBefore: 0 })
    await this.#changed()
  }

  #shown({ clientId, command, data, createdAt, error }) {
    const status = error ? "refused" : this.#sending.has(clientId) ? "sending" : "pending"
    return { clientId, command, data, createdAt, status, error }
  }

  // --- Keeping all tabs and the store together

  async #changed() {
    this.#channel?.postMessage({ kind: "changed" })
    await this.#reload()
  }

  async #reload() {
    this.#entries = await this.#store.all()
    this.dispatchEvent(new Event("change"))
    this.#run()
  }

  #heard({ kind, entry, data }) {
    if (kind === "sent") this.#tellSent(entry, data)
    this.#reload()
  }

  #tellSent(entry, data) {
    this.dispatchEvent(new CustomEvent("sent", { detail: { entry, data } }))
  }

  // --- Sending

  #stateChanged() {
    if (this.#live.state.phase !== "live") return
    this.#signedOut = false
    this.#run()
  }

  #run() {
    const waiting = this.#entries.filter((entry) => !entry.error)
    for (const key of new Set(waiting.map(laneOf))) this.#lane(key).run()
  }

  #lane(key) {
    if (!this.#lanes.has(key)) {
      this.#lanes.set(key, new Lane({
        locks: this.#browser.locks,
        name: `${this.#name}.${key}`,
        random: this.#browser.random,
        ready: () => this.#ready(),
        office: this.#office(key),
      }))
    }
    return this.#lanes.get(key)
  }

  #ready() {
    return !this.#listening.signal.aborted && !this.#signedOut && this.#live.state.phase === "live"
  }

  #office(key) {
    return {
      next: async () => (await this.#store.all()).find((entry) => !entry.error && laneOf(entry) === key),
      send: (entry) => this.#send(entry),
      sent: async (entry, data) => {
        await this.#store.remove(entry.clientId)
        this.#channel?.postMessage({ kind: "sent", entry: this.#shown(entry), data })
        this.#tellSent(this.#shown(entry), data)
        await this.#reload()
      },
      refused: async (entry, { code, message, fields }) => {
        await this.#store.change(entry.clientId, { error: { code, message, fields } })
        await this.#changed()
      },
      postponed: async (entry, until) => {
        await this.#store.change(entry.clientId, { notBefore: until })
        await this.#changed()
      },
      stopped: () => {
        this.#signedOut = true
        this.dispatchEvent(new Event("change"))
      },
    }
  }

  async #send(entry) {
    this.#sending.add(entry.clientId)
    this.dispatchEvent(new Event("change"))
    try {
      return await this.#live.command(entry.command, { ...entry.data, client_id: entry.clientId })
    } finally {
      this.#sending.delete(entry.clientId)
      this.dispatchEvent(new Event("change"))
    }
  }
}

/** What must stay in order: everything for one room. */
function laneOf({ data }) {
  return data.room === undefined ? "" : `room.${data.room}`
}
