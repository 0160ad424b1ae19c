/**
 * What the tabs of one user tell each other. Every tab hears every other; none hears itself.
 *
 * The leader says `lead` (I lead now: what do you need?), `items` (what came from the server), `epoch` (yours is gone, this is the one), `state`, and
 * `here` (how far I am) as the answer to a `probe`. The others say `want` (these streams from these positions; `whole`:
 * and no others), `drop`, `notify`, `retry`, `probe` and `leave`.
 *
 * @typedef {{ kind: string, from: string, to?: string, [detail: string]: any }} Message
 */
export class Shared {
  #channel = null
  #Channel
  #name
  #received
  #tab

  /**
   * @param {{ BroadcastChannel: typeof BroadcastChannel, name: string, tab: string,
   *   received: (message: Message) => void }} options
   */
  constructor({ BroadcastChannel, name, tab, received }) {
    this.#Channel = BroadcastChannel
    this.#name = name
    this.#tab = tab
    this.#received = received
  }

  connect() {
    if (this.#channel) return
    this.#channel = new this.#Channel(this.#name)
    this.#channel.onmessage = ({ data }) => {
      if (!data.to || data.to === this.#tab) this.#received(data)
    }
  }

  disconnect() {
    this.#channel?.close()
    this.#channel = null
  }

  /** To all other tabs, or with `to` to one of them. */
  say(kind, detail = {}) {
    this.#channel?.postMessage({ kind, from: this.#tab, ...detail })
  }
}
