import { once } from "node:events"

import { IDBFactory } from "fake-indexeddb"
import "fake-indexeddb/auto"
import "./vendor.js"

const { Outbox } = await import("../../../project/realtime/static/realtime/outbox.js")

/** The outboxes of one browser's tabs, and a server that keeps what they send. */
export class Outboxes {
  /** What the server has taken, each message once, known by its client_id. */
  messages = []
  #browser
  #open = []
  #server

  constructor({ browser, server }) {
    globalThis.indexedDB = new IDBFactory()
    this.#browser = browser
    this.#server = server
    server.commands.set("message.send", this.store)
  }

  /** A tab with its outbox. */
  async open({ connected = true, user = this.#browser.user, ...options } = {}) {
    const tab = this.#browser.openTab(options)
    const outbox = new Outbox({ live: tab.live, user, browser: tab.environment })
    this.#open.push(outbox)
    await outbox.open()
    if (connected) await tab.connect().state({ phase: "live" })
    return { tab, outbox }
  }

  close() {
    for (const outbox of this.#open) outbox.close()
  }

  store = ({ room, body, client_id: id }) => {
    const known = this.messages.find((message) => message.id === id)
    if (known) return known
    const message = { id, room, body, seq: this.#server.append(`room.${room}`) }
    this.messages.push(message)
    return message
  }

  get taken() {
    return this.messages.map(({ body }) => body)
  }
}

export const write = (outbox, body, room = 7) => outbox.add("message.send", { room, body })
export const bodies = (outbox) => outbox.entries().map(({ data }) => data.body)
export const statuses = (outbox) => outbox.entries().map(({ status }) => status)

/** Resolves once the outbox is like this. */
export async function until(outbox, matches) {
  while (!matches()) await once(outbox, "change")
}

export const empty = (outbox) => until(outbox, () => outbox.entries().length === 0)
export const refused = (outbox) => until(outbox, () => statuses(outbox).includes("refused"))
