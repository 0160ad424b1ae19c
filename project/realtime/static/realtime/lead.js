import { Connection } from "./connection.js"
import { Roster } from "./roster.js"

/** The leading tab: it has the connection, follows what any tab needs, and passes on what comes. */
export class Lead {
  #connection
  #desk
  #presence
  #roster = new Roster()
  #shared
  #socket
  #tab
  #epochs = new Set()
  #over = false

  /**
   * @param {object} options
   * @param {string} options.tab   this tab's id
   * @param {import("./shared.js").Shared | null} options.shared   null where tabs cannot talk to each other
   * @param {import("./tab_presence.js").TabPresence | null} options.presence
   * @param {{ subscribers: import("./subscribers.js").Subscribers, changed: (state: object) => void }} options.desk
   * @param {object} options.connecting   the rest of what a Connection needs
   */
  constructor({ tab, shared, presence, desk, connecting }) {
    this.#tab = tab
    this.#shared = shared
    this.#presence = presence
    this.#desk = desk
    this.#socket = connecting.socket
    this.#connection = new Connection({
      ...connecting,
      epoch: desk.subscribers.epoch,
      told: {
        items: (items) => this.#items(items),
        epoch: (epoch) => this.#certain(epoch),
        state: () => this.#changed(),
      },
    })
    this.leads = true
    this.#roster.join(tab)
    this.#epochs.add(desk.subscribers.epoch)
  }

  connect() {
    for (const [stream, seq] of this.#desk.subscribers.positions()) this.want(stream, seq)
    this.#connection.connect()
    this.#shared?.say("lead")
  }

  disconnect() {
    this.#over = true
    this.#connection.disconnect()
  }

  want(stream, seq) {
    this.#roster.add(this.#tab, stream)
    const standing = this.#connection.reader.want(stream, seq)
    if (standing) queueMicrotask(() => this.#desk.subscribers.take([standing]))
  }

  drop(stream) {
    this.#unneeded(this.#roster.drop(this.#tab, stream) ? [stream] : [])
  }

  command(name, data) {
    return this.#connection.command(name, data)
  }

  notify(name, data) {
    this.#connection.notify(name, data)
  }

  wake() {
    this.#connection.wake()
  }

  retry() {
    this.#connection.wake()
  }

  networkLost() {
    this.#connection.networkLost()
  }

  /** @param {import("./shared.js").Message} message from another tab */
  receive(message) {
    const { kind, from } = message
    if (kind === "want") this.#wanted(message)
    if (kind === "drop" && this.#roster.drop(from, message.stream)) this.#unneeded([message.stream])
    if (kind === "notify") this.notify(message.name, message.data)
    if (kind === "retry") this.retry()
    if (kind === "probe") this.#sayWhere(from)
    if (kind === "leave") this.#unneeded(this.#roster.leave(from))
  }

  #wanted({ from, epoch, positions, whole }) {
    if (!this.#roster.has(from)) this.#welcome(from)
    const { reader } = this.#connection
    if (epoch && reader.epoch && epoch !== reader.epoch) return this.#doubt(from, epoch, positions)
    if (!epoch && reader.certain) this.#shared.say("epoch", { to: from, epoch: reader.epoch })
    if (whole) this.#unneeded(this.#roster.keep(from, positions.keys()))
    for (const [stream, seq] of positions) {
      this.#roster.add(from, stream)
      const standing = reader.want(stream, seq)
      if (standing) this.#shared.say("items", { to: from, items: [standing] })
    }
  }

  /** A tab that crashes says nothing, but its lock is let go of. */
  #welcome(tab) {
    this.#roster.join(tab)
    this.#shared.say("state", { to: tab, state: this.#connection.state, socket: this.#socket })
    this.#presence?.gone(tab, () => this.#unneeded(this.#roster.leave(tab)))
  }

  /** Two tabs with two epochs: the server is asked once about each that turns up, and then all go by its answer. */
  #doubt(tab, epoch, positions) {
    const { reader } = this.#connection
    if (!reader.certain) return
    if (positions.size && !this.#epochs.has(epoch)) {
      this.#epochs.add(epoch)
      reader.challenge(epoch, positions)
    } else {
      this.#shared.say("epoch", { to: tab, epoch: reader.epoch })
    }
  }

  #certain(epoch) {
    this.#epochs.add(epoch)
    this.#desk.subscribers.adopt(epoch)
    for (const [stream, seq] of this.#desk.subscribers.positions()) this.want(stream, seq)
    this.#shared?.say("lead")
  }

  #items(items) {
    if (this.#roster.tabs.length > 1) this.#shared.say("items", { items })
    this.#desk.subscribers.take(items)
  }

  #changed() {
    if (this.#over) return
    const { state } = this.#connection
    this.#shared?.say("state", { state, socket: this.#socket })
    this.#desk.changed(state)
  }

  #sayWhere(tab) {
    const { reader, state } = this.#connection
    this.#shared.say("here", { to: tab, state, socket: this.#socket, heads: reader.heads() })
  }

  #unneeded(streams) {
    for (const stream of streams) this.#connection.reader.drop(stream)
  }
}
