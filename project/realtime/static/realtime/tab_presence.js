/** Each tab holds a lock in its own name, so that others notice when it is gone, however it went. */
export class TabPresence {
  #locks
  #name
  #end = null
  #watched = new Set()

  /** @param {{ locks: LockManager, name: (tab: string) => string }} options */
  constructor({ locks, name }) {
    this.#locks = locks
    this.#name = name
  }

  /** Resolves once others can notice; rejects where the browser grants no locks. */
  connect(tab) {
    const { signal } = (this.#end = new AbortController())
    const over = new Promise((release) => signal.addEventListener("abort", release))
    return new Promise((held, refused) => {
      const hold = () => {
        held()
        return over
      }
      this.#locks.request(this.#name(tab), hold).catch(refused)
    })
  }

  disconnect() {
    this.#end?.abort()
    this.#end = null
    this.#watched.clear()
  }

  /** Calls back once the tab is gone, unless this one goes first. Asking twice changes nothing. */
  gone(tab, callback) {
    if (this.#watched.has(tab)) return
    this.#watched.add(tab)
    const left = () => {
      this.#watched.delete(tab)
      callback()
    }
    this.#locks.request(this.#name(tab), { signal: this.#end.signal }, left).catch(() => {})
  }
}
