const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
const { now } = Date

/** Of the event loop: enough for a question to another tab and its answer. */
const TURNS = 10

/** Node's own fetch and sockets go on in real time: they would not survive ours. */
const calledByUs = () => new Error().stack.split("\n")[3].includes("/static/realtime/")

/** Time that passes only when a test says so: `setTimeout`, `clearTimeout` and `Date.now`, for the code that is tested. */
export class Clock {
  #due = new Map()
  #now = now()

  constructor() {
    globalThis.setTimeout = (callback, wait = 0, ...rest) => {
      if (!calledByUs()) return setTimeout(callback, wait, ...rest)
      const timer = {}
      this.#due.set(timer, { at: this.#now + wait, callback })
      return timer
    }
    globalThis.clearTimeout = (timer) => this.#due.delete(timer) || clearTimeout(timer)
    Date.now = () => (calledByUs() ? this.#now : now())
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

  /** The same, but what others have to say meanwhile is heard. */
  async pass(ms) {
    for (const end = this.#now + ms; this.#now < end; ) {
      this.tick(Math.min(1000, end - this.#now))
      for (let turns = 0; turns < TURNS; turns += 1) await new Promise(setImmediate)
    }
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
