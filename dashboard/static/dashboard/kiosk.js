// Boards on a wall: nothing but the panels, one board after another, for days.

import { addressOf, Round, slotsOf } from "./round.js"

export class Kiosk {
  #board
  #dialog = document.getElementById("kiosk")
  #live
  #root

  /** @param {{ root: HTMLElement, board: string, live: object }} options */
  constructor({ root, board, live }) {
    this.#root = root
    this.#board = board
    this.#live = live
  }

  get isOn() {
    return new URLSearchParams(location.search).has("kiosk")
  }

  connect() {
    this.#root.querySelector("[data-kiosk=on]").addEventListener("click", () => this.#dialog.showModal())
    this.#root.querySelector("[data-kiosk=off]").addEventListener("click", () => this.#leave())
    this.#dialog.querySelector("form").addEventListener("submit", () => this.#start())
    document.documentElement.classList.toggle("is-kiosk", this.isOn)
    if (this.isOn) this.#begin()
  }

  /** The boards that are ticked, in the order they are listed. None is the one that is shown. */
  #start() {
    const rows = [...this.#dialog.querySelectorAll("[data-slug]")]
    const chosen = rows.filter((row) => row.querySelector("[type=checkbox]").checked)
    const slots = chosen.map((row) => ({ slug: row.dataset.slug, seconds: Number(row.querySelector("[type=number]").value) || 30 }))
    const alone = !slots.length || (slots.length === 1 && slots[0].slug === this.#board)
    if (!alone) return location.assign(addressOf(slots))
    const query = new URLSearchParams(location.search)
    query.set("kiosk", "")
    history.pushState(null, "", `?${query}`)
    document.documentElement.requestFullscreen?.().catch(() => {})
    document.documentElement.classList.add("is-kiosk")
    this.#begin()
  }

  #leave() {
    const query = new URLSearchParams(location.search)
    for (const name of ["kiosk", "every"]) query.delete(name)
    location.assign(`${location.pathname}?${query}`.replace(/\?$/, ""))
  }

  #begin() {
    this.#stayAwake()
    document.addEventListener("visibilitychange", () => this.#stayAwake())
    const addressed = (slug) => `/dashboard/${slug}/${location.search}`
    const round = new Round({
      slots: slotsOf(location.search, this.#board), board: this.#board,
      go: (slug) => location.replace(addressed(slug)),
      isThere: async (slug) => {
        const answer = await fetch(addressed(slug), { method: "HEAD" }).catch(() => null)
        return Boolean(answer?.ok && !answer.redirected)
      },
    })
    round.connect()
    let wasLive = false
    let isLost = false
    this.#live.addEventListener("state", () => {
      const isLive = this.#live.state.phase === "live"
      if (isLive && isLost) round.renew()
      wasLive ||= isLive
      isLost = wasLive && !isLive
    })
  }

  #stayAwake() {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {})
  }
}
