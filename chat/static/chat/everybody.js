// The people who are here, however many there are: some hundred at once, and others as letters of their names are typed.

/** Somebody may be typing still. */
const WAIT_MS = 150

export class Everybody {
  #ask
  #changed
  #hasMore = false
  #people = new Map()
  #turn = 0
  #without = new Set()

  /** @param {(text?: string) => Promise<{people: object[], has_more: boolean}>} ask @param {() => void} changed  more are known */
  constructor(ask, changed) {
    this.#ask = ask
    this.#changed = changed
  }

  /** Those that are known by now. */
  get known() {
    return [...this.#people.values()]
  }

  /** Whether there are others, too. */
  get hasMore() {
    return this.#hasMore
  }

  /** Begins anew, with everyone but the people with these ids. Throws when offline. */
  async load(without) {
    const turn = ++this.#turn
    this.#people.clear()
    this.#without = new Set(without)
    const { people, has_more: hasMore } = await this.#ask()
    if (turn !== this.#turn) return
    this.#hasMore = hasMore
    this.#add(people)
  }

  /** Those whose names have these letters are among the known soon. */
  async look(text) {
    if (!this.#hasMore) return
    const turn = ++this.#turn
    await new Promise((done) => setTimeout(done, WAIT_MS))
    if (turn !== this.#turn || !text.trim()) return
    const { people } = await this.#ask(text.trim()).catch(() => ({ people: [] })) // offline: the known are enough
    if (turn === this.#turn) this.#add(people)
  }

  #add(people) {
    const before = this.#people.size
    for (const person of people) if (!this.#without.has(person.id)) this.#people.set(person.id, person)
    if (this.#people.size > before) this.#changed()
  }
}
