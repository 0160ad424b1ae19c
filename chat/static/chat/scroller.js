// Keeps the reader's place: at the bottom while they are at the bottom, else at the row they are looking at.

const AT_BOTTOM_PX = 48

export class Scroller extends EventTarget {
  #element
  #pinned = true
  #frame = null
  #lastTop = 0
  #observer = new ResizeObserver(() => this.#pinned && this.toBottom())

  /** `element` scrolls; it announces "move", at most once a frame, when what is visible may have changed. */
  constructor(element) {
    super()
    this.#element = element
  }

  connect() {
    this.#element.addEventListener("scroll", this.#moved, { passive: true })
    this.#observer.observe(this.#element)
    for (const child of this.#element.children) this.#observer.observe(child)
  }

  disconnect() {
    this.#element.removeEventListener("scroll", this.#moved)
    this.#observer.disconnect()
  }

  get pinned() {
    return this.#pinned
  }
  get above() {
    return this.#element.scrollTop
  }
  get below() {
    return this.#element.scrollHeight - this.#element.scrollTop - this.#element.clientHeight
  }

  /** Runs `change`, which may add, remove or resize rows anywhere, without moving what the reader sees. */
  keepPlace(change) {
    const anchor = this.#pinned ? null : this.firstVisible()
    const before = anchor?.getBoundingClientRect().top
    change()
    if (this.#pinned) this.toBottom()
    else if (anchor?.isConnected) this.#element.scrollTop += anchor.getBoundingClientRect().top - before
    this.#announce()
  }

  toBottom() {
    this.#pinned = true
    this.#element.scrollTop = this.#element.scrollHeight
    this.#lastTop = this.#element.scrollTop
  }

  /** Brings `row` into view; `block` as in scrollIntoView. */
  to(row, block = "center") {
    this.#pinned = false
    row.scrollIntoView({ block })
    this.#pinned = this.below < AT_BOTTOM_PX
    this.#announce()
  }

  /** Where the reader is, for rows that are about to be replaced by others. */
  firstVisible() {
    const { top } = this.#element.getBoundingClientRect()
    return this.#rows().find((row) => row.getBoundingClientRect().bottom > top)
  }

  /** The newest row that can be read to its end, or is too tall to fit. */
  lastVisible() {
    const { top, bottom } = this.#element.getBoundingClientRect()
    return this.#rows().findLast((row) => {
      const box = row.getBoundingClientRect()
      return box.bottom <= bottom + 1 || box.top <= top
    })
  }

  /** -1 above what is visible, 1 below, 0 in view. */
  sideOf(row) {
    const view = this.#element.getBoundingClientRect()
    const box = row.getBoundingClientRect()
    if (box.bottom <= view.top) return -1
    return box.top >= view.bottom ? 1 : 0
  }

  #rows() {
    return [...this.#element.querySelectorAll(".entry[data-seq]")].filter((row) => row.dataset.seq)
  }

  /** Only going up leaves the bottom: rows that came since the last frame are below, but nobody went away from them. */
  #moved = () => {
    const top = this.#element.scrollTop
    if (this.below < AT_BOTTOM_PX) this.#pinned = true
    else if (top < this.#lastTop) this.#pinned = false
    this.#lastTop = top
    this.#announce()
  }

  #announce() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null
      this.dispatchEvent(new Event("move"))
    })
  }
}
