// The line that says how the connection is. There is one in the list of rooms, and on a narrow screen one in the room.

import { connectionText } from "./connection_text.js"
import { announce } from "./dom.js"

const TICK_MS = 1000

export class ConnectionState {
  #live
  #outbox
  #timer = null
  #phase = "connecting"

  constructor(live, outbox) {
    this.#live = live
    this.#outbox = outbox
    document.addEventListener("click", (event) => event.target.closest("[data-connection]") && this.#press())
  }

  connect() {
    this.#live.addEventListener("state", this.draw)
    this.#outbox.addEventListener("change", this.draw)
    this.draw()
  }

  /** Again for a room that has just been swapped in. */
  draw = () => {
    const { state } = this.#live
    const waiting = this.#outbox.entries((entry) => entry.status !== "refused").length
    const { text, title } = connectionText(state, state.phase === "live" && waiting < 2 ? 0 : waiting)
    for (const element of document.querySelectorAll("[data-connection]")) {
      element.dataset.phase = state.phase
      element.dataset.transport = state.transport ?? ""
      element.title = title
      element.querySelector(".connection-text").textContent = text
    }
    if (state.phase !== this.#phase && this.#phase !== "connecting") announce(text)
    this.#phase = state.phase
    this.#tick(!["live", "stopped"].includes(state.phase))
  }

  /** A countdown moves by itself; a live connection has nothing to count. */
  #tick(wanted) {
    if (wanted && !this.#timer) this.#timer = setInterval(this.draw, TICK_MS)
    if (!wanted && this.#timer) this.#timer = clearInterval(this.#timer) ?? null
  }

  #press() {
    const { phase } = this.#live.state
    if (phase === "stopped") location.reload()
    else if (phase !== "live") this.#live.retry()
  }
}
