// Which notification the keys mean, and which are ticked for an action on many.

export class Selection {
  /** The last one ticked by itself: where a range begins. */
  #anchor = null
  #current = null
  #order = []
  #ticked = new Set()

  get current() {
    return this.#current
  }

  get ticked() {
    return this.#order.filter((id) => this.#ticked.has(id))
  }

  /** What an action is about: what is ticked, else the current one. */
  get targets() {
    if (this.#ticked.size) return this.ticked
    return this.#current === null ? [] : [this.#current]
  }

  /** The list is another now. The place of a current one that has left it goes to the one that moved up. */
  keep(order) {
    if (this.#current !== null && !order.includes(this.#current)) this.#current = this.#heir(order)
    this.#order = [...order]
    for (const id of this.#ticked) if (!order.includes(id)) this.#ticked.delete(id)
  }

  has(id) {
    return this.#ticked.has(id)
  }

  make(id) {
    this.#current = id
  }

  /** Goes down (1) or up (-1). -> the current id, null in an empty list */
  move(step) {
    if (!this.#order.length) return null
    const at = this.#order.indexOf(this.#current)
    const next = at < 0 ? (step > 0 ? 0 : this.#order.length - 1) : at + step
    this.#current = this.#order[Math.min(Math.max(next, 0), this.#order.length - 1)]
    return this.#current
  }

  toggle(id, ticked = !this.#ticked.has(id)) {
    if (ticked) this.#ticked.add(id)
    else this.#ticked.delete(id)
    this.#anchor = ticked ? id : null
  }

  /** Ticks everything from the one that was ticked last, or the current one, to this one. */
  extendTo(id) {
    const start = this.#order.includes(this.#anchor) ? this.#anchor : this.#current
    const [from, to] = [this.#order.indexOf(start), this.#order.indexOf(id)].sort((a, b) => a - b)
    for (const one of this.#order.slice(Math.max(from, 0), to + 1)) this.#ticked.add(one)
    this.#current = id
  }

  tickAll(ticked = true) {
    this.#ticked = new Set(ticked ? this.#order : [])
  }

  /** Whoever stood next after the current one and is still there, else before it. */
  #heir(order) {
    const at = this.#order.indexOf(this.#current)
    const left = new Set(order)
    const next = this.#order.slice(at + 1).find((id) => left.has(id))
    return next ?? this.#order.slice(0, Math.max(at, 0)).findLast((id) => left.has(id)) ?? null
  }
}
