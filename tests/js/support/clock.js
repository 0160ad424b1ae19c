const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
const { now } = Date

/** Time that passes only when a test says so, in place of `setTimeout`, `clearTimeout` and `Date.now`. */
export class Clock {
  #due = new Map()
  #now = now()

  constructor() {
    globalThis.setTimeout = (callback, wait = 0) => {
      const timer = { ref: () => timer, unref: () => timer }
      this.#due.set(timer, { at: this.#now + wait, callback })
      return timer
    }
    globalThis.clearTimeout = (timer) => this.#due.delete(timer) || clearTimeout(timer)
    Date.now = () => this.#now
  }

  /** Runs everything that is due within the next `ms`, in its order. */
  tick(ms) {
    const end = this.#now + ms
    for (;;) {
      const [timer, next] = [...this.#due].reduce((a, b) => (b[1].at < a[1].at ? b : a), [null, { at: Infinity }])
      if (next.at > end) break
      this.#due.delete(timer)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }

  /** Lets time pass as it really does until this has come about. */
  async until(outcome) {
    const timer = setInterval(() => this.tick(1), 1)
    try {
      return await outcome
    } finally {
      clearInterval(timer)
    }
  }

  restore() {
    Object.assign(globalThis, { setTimeout, clearTimeout })
    Date.now = now
  }
}
