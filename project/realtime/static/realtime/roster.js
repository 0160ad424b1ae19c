/** Which tab needs which streams, as far as the leader knows. */
export class Roster {
  /** @type {Map<string, Set<string>>} */
  #tabs = new Map()

  get tabs() {
    return [...this.#tabs.keys()]
  }

  has(tab) {
    return this.#tabs.has(tab)
  }

  join(tab) {
    if (!this.#tabs.has(tab)) this.#tabs.set(tab, new Set())
  }

  add(tab, stream) {
    this.join(tab)
    this.#tabs.get(tab).add(stream)
  }

  /** The tab needs these and no others. Returns the streams that nobody needs any more. */
  keep(tab, streams) {
    const kept = new Set(streams)
    return [...(this.#tabs.get(tab) ?? [])].filter((stream) => !kept.has(stream) && this.drop(tab, stream))
  }

  /** Returns whether nobody needs the stream any more. */
  drop(tab, stream) {
    this.#tabs.get(tab)?.delete(stream)
    return ![...this.#tabs.values()].some((streams) => streams.has(stream))
  }

  /** The tab is gone. Returns the streams that nobody needs any more. */
  leave(tab) {
    const unneeded = this.keep(tab, [])
    this.#tabs.delete(tab)
    return unneeded
  }
}
