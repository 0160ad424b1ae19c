import { openDB } from "../vendor/idb/index.js"

const VERSION = 1
const ENTRIES = "entries"

/**
 * Where the outbox is kept: a database of the person's own, so that nobody else who signs in on this browser sends
 * what it holds. Where the browser has none to give (some private windows), it is kept in memory, for this tab.
 *
 * @typedef {object} Stored
 * @property {number} order        the place in the queue; given by the store
 * @property {string} clientId
 * @property {string} command
 * @property {object} data
 * @property {number} createdAt    epoch ms
 * @property {number} notBefore    epoch ms before which it must not be sent
 * @property {object | null} error why it was refused: `{ code, message, fields }`
 */
export class OutboxStore {
  #database = null
  #memory = new Map()
  #lastOrder = 0
  #name

  /** @param {number} user */
  constructor(user) {
    this.#name = `watchroom.outbox.${user}`
  }

  /** Whether what is put here outlives the tab. */
  get durable() {
    return this.#database !== null
  }

  async open() {
    try {
      this.#database = await openDB(this.#name, VERSION, {
        upgrade(database) {
          const entries = database.createObjectStore(ENTRIES, { keyPath: "order", autoIncrement: true })
          entries.createIndex("clientId", "clientId", { unique: true })
        },
      })
    } catch {
      this.#database = null
    }
  }

  close() {
    this.#database?.close()
    this.#database = null
  }

  /** @returns {Promise<Stored[]>} in the order of sending */
  async all() {
    if (this.#database) return this.#database.getAll(ENTRIES)
    return [...this.#memory.values()].sort((a, b) => a.order - b.order)
  }

  /** @param {Omit<Stored, "order">} entry @returns {Promise<Stored>} with its place, once it is kept for good */
  async add(entry) {
    if (this.#database) return { ...entry, order: await this.#add(entry) }
    const stored = { ...entry, order: (this.#lastOrder += 1) }
    this.#memory.set(entry.clientId, stored)
    return stored
  }

  /** @returns {Promise<Stored | undefined>} as changed; undefined where it is gone by now */
  async change(clientId, change) {
    if (!this.#database) {
      const stored = this.#memory.get(clientId)
      if (stored) this.#memory.set(clientId, { ...stored, ...change })
      return this.#memory.get(clientId)
    }
    const transaction = this.#database.transaction(ENTRIES, "readwrite", { durability: "strict" })
    const stored = await transaction.store.index("clientId").get(clientId)
    if (stored) await transaction.store.put({ ...stored, ...change })
    await transaction.done
    return stored && { ...stored, ...change }
  }

  async remove(clientId) {
    if (!this.#database) return this.#memory.delete(clientId)
    const transaction = this.#database.transaction(ENTRIES, "readwrite")
    const order = await transaction.store.index("clientId").getKey(clientId)
    if (order !== undefined) await transaction.store.delete(order)
    await transaction.done
  }

  async #add(entry) {
    const transaction = this.#database.transaction(ENTRIES, "readwrite", { durability: "strict" })
    const order = await transaction.store.add(entry)
    await transaction.done
    return order
  }
}
