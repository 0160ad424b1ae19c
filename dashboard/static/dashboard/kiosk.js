// A board on a wall: nothing but the panels, one board after another, for days.

const CODES = { s: 1, m: 60, h: 3600 }
/** A page that never begins anew is one version behind after every update, and holds all it ever took. */
const RENEW_S = 3600
const MS = 1000

/** How long each board is shown, in seconds; null where one stays. */
export function paceOf(search) {
  const [, count, letter] = /^(\d{1,4})([smh]?)$/.exec(new URLSearchParams(search).get("every") ?? "") ?? []
  return count ? Math.max(5, Number(count) * CODES[letter || "s"]) : null
}

/** Which boards go round: those that the address names, else the one it shows. */
export function roundOf(search, board) {
  const named = (new URLSearchParams(search).get("kiosk") ?? "").split(",").filter((slug) => /^[\w-]+$/.test(slug))
  return named.length > 1 ? named : [board]
}

export class Kiosk {
  #board
  #root

  constructor({ root, board }) {
    this.#root = root
    this.#board = board
  }

  get isOn() {
    return new URLSearchParams(location.search).has("kiosk")
  }

  connect() {
    this.#root.querySelector("[data-kiosk=on]").addEventListener("click", () => this.#enter())
    this.#root.querySelector("[data-kiosk=off]").addEventListener("click", () => this.#leave())
    document.documentElement.classList.toggle("is-kiosk", this.isOn)
    if (this.isOn) this.#begin()
  }

  #enter() {
    const query = new URLSearchParams(location.search)
    query.set("kiosk", "")
    document.documentElement.requestFullscreen?.().catch(() => {})
    history.pushState(null, "", `?${query}`)
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
    const round = roundOf(location.search, this.#board)
    const pace = paceOf(location.search)
    const isRound = round.length > 1 && pace
    setTimeout(() => this.#next(isRound ? round[(round.indexOf(this.#board) + 1) % round.length] : this.#board), (isRound ? pace : RENEW_S) * MS)
  }

  /** Goes on only where the server answers: an error page would stay on the wall. */
  async #next(slug) {
    const address = `/dashboard/${slug}/${location.search}`
    const answer = await fetch(address, { method: "HEAD" }).catch(() => null)
    if (answer?.ok && !answer.redirected) location.replace(address)
    else setTimeout(() => this.#next(slug), paceOf(location.search) ? 5 * MS : 60 * MS)
  }

  #stayAwake() {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {})
  }
}
