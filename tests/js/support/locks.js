/** Web Locks in memory: one holder a name, first come first served, as the specification says. */
export class Locks {
  #held = new Map()
  #queues = new Map()

  /** The view of one tab: `crash()` lets go of everything it holds and waits for, as the browser does. */
  forTab() {
    const tab = { dead: false, requests: new Set() }
    return {
      request: (name, options, callback) => this.#request(tab, name, callback ? options : {}, callback ?? options),
      crash: () => {
        tab.dead = true
        for (const request of tab.requests) this.#leave(request)
      },
    }
  }

  #request(tab, name, { signal, steal }, callback) {
    return new Promise((resolve, reject) => {
      const request = { tab, name, callback, resolve, reject, settled() {} }
      tab.requests.add(request)
      if (signal?.aborted) return reject(signal.reason)
      const giveUp = () => {
        if (!this.#queue(name).includes(request)) return
        this.#leave(request)
        reject(signal.reason)
      }
      signal?.addEventListener("abort", giveUp)
      request.settled = () => signal?.removeEventListener("abort", giveUp)
      if (steal) this.#steal(request)
      else this.#queue(name).push(request)
      queueMicrotask(() => this.#grant(name))
    })
  }

  #steal(request) {
    const holder = this.#held.get(request.name)
    this.#held.delete(request.name)
    if (holder) holder.reject(new DOMException("The lock was stolen.", "AbortError"))
    this.#queue(request.name).unshift(request)
  }

  #queue(name) {
    if (!this.#queues.has(name)) this.#queues.set(name, [])
    return this.#queues.get(name)
  }

  async #grant(name) {
    if (this.#held.has(name)) return
    const request = this.#queue(name).shift()
    if (!request) return
    this.#held.set(name, request)
    try {
      request.resolve(await request.callback({ name, mode: "exclusive" }))
    } catch (error) {
      request.reject(error)
    } finally {
      this.#leave(request)
    }
  }

  #leave(request) {
    request.tab.requests.delete(request)
    request.settled()
    this.#queues.set(request.name, this.#queue(request.name).filter((other) => other !== request))
    if (this.#held.get(request.name) === request) this.#held.delete(request.name)
    queueMicrotask(() => this.#grant(request.name))
  }
}
