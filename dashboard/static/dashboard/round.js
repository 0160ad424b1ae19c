// Which boards a wall shows one after the other, each for how long, and on for days.

/** A page that never begins anew is one version behind after every update, and holds all it ever took. */
const RENEW_S = 3600
const LEAST_S = 5
const USUAL_S = 30
/** After a board that did not answer. */
const AGAIN_S = 5
/** A restarted server is not asked by all walls at once. */
const SPREAD_S = 10
const MS = 1000
const LENGTHS = { s: 1, m: 60, h: 3600 }

/**
 * What an address asks for: `?kiosk=ops:30,team:2m`, or `?kiosk=ops,team&every=30s`, or `?kiosk` for this board alone.
 * @returns {{ slug: string, seconds: number }[]}
 */
export function slotsOf(search, board) {
  const query = new URLSearchParams(search)
  const usual = secondsOf(query.get("every")) ?? USUAL_S
  const named = (query.get("kiosk") ?? "").split(",").map((part) => /^([\w-]+)(?::(\w+))?$/.exec(part)).filter(Boolean)
  if (named.length < 2) return [{ slug: board, seconds: RENEW_S }]
  return named.map(([, slug, length]) => ({ slug, seconds: secondsOf(length) ?? usual }))
}

/** The same as an address says it. */
export function addressOf(slots) {
  const kiosk = slots.length > 1 ? slots.map(({ slug, seconds }) => `${slug}:${seconds}`).join(",") : ""
  return `/dashboard/${slots[0].slug}/?kiosk=${kiosk}`
}

function secondsOf(text) {
  const [, count, letter] = /^(\d{1,4})([smh]?)$/.exec(text ?? "") ?? []
  return count ? Math.min(RENEW_S, Math.max(LEAST_S, Number(count) * LENGTHS[letter || "s"])) : null
}

export class Round {
  #board
  #go
  #isThere
  #random
  #slots
  #timer = null

  /**
   * @param {object} options
   * @param {{ slug: string, seconds: number }[]} options.slots
   * @param {string} options.board  the one that is shown
   * @param {(slug: string) => void} options.go  loads the page of a board: that frees all that this one holds
   * @param {(slug: string) => Promise<boolean>} options.isThere  an error page would stay on the wall
   * @param {() => number} [options.random]
   */
  constructor({ slots, board, go, isThere, random = Math.random }) {
    this.#slots = slots
    this.#board = board
    this.#go = go
    this.#isThere = isThere
    this.#random = random
  }

  connect() {
    const place = this.#slots.findIndex(({ slug }) => slug === this.#board)
    this.#after(this.#slots[Math.max(0, place)].seconds, (place + 1) % this.#slots.length)
  }

  disconnect() {
    clearTimeout(this.#timer)
  }

  /** The server was away: what came back may be another version, so the page begins anew. */
  renew() {
    const place = this.#slots.findIndex(({ slug }) => slug === this.#board)
    this.#after(1 + this.#random() * SPREAD_S, Math.max(0, place))
  }

  #after(seconds, place) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#next(place), seconds * MS)
  }

  async #next(place) {
    const { slug } = this.#slots[place]
    if (await this.#isThere(slug)) this.#go(slug)
    else this.#after(AGAIN_S, (place + 1) % this.#slots.length)
  }
}
