// "/me" and Enter: which command the writer means; behind one, what it may go on with, as the server says.

const SHOWN = 8
/** Answers that are kept: deleting a letter asks nothing again. */
const KEPT = 50

export class SlashWords {
  #answers = new Map()
  #ask
  #slashes

  /** `slashes`: [{name, usage, description}]; `ask(name, text)` -> what the last word of the text may become. */
  constructor(slashes, ask) {
    this.#slashes = slashes
    this.#ask = ask
  }

  /** @param {string} before @returns {import("../project/completion.js").Found | Promise<object | null> | null} */
  find(before) {
    const name = /^\/(\S*)$/.exec(before)?.[1]
    if (name !== undefined) return this.#names(name)
    const [, command, text] = /^\/(\S+) +(\S[^\n]*|)$/.exec(before) ?? []
    return this.#slashes.some((slash) => slash.name === command) ? this.#words(command, text, before.length) : null
  }

  #names(name) {
    const found = this.#slashes.filter((slash) => slash.name.startsWith(name.toLowerCase()))
    const items = found.map((slash) => ({ text: slash.usage, note: slash.description, insert: `/${slash.name} ` }))
    return { start: 0, items: items.slice(0, SHOWN), offered: false }
  }

  async #words(command, text, end) {
    const word = text.slice(text.lastIndexOf(" ") + 1)
    const found = await this.#suggestions(command, text)
    const items = found.map(({ word: becomes, note }) => ({
      text: becomes,
      note,
      insert: becomes.endsWith("=") ? becomes : `${becomes} `,
    }))
    // What is there already, or nothing yet of something that may be left out: Enter sends it.
    const isEnough = text.includes(" ") && !word
    const offered = isEnough || items.some((item) => item.text === word)
    return { start: end - word.length, items, offered }
  }

  async #suggestions(command, text) {
    const key = `${command} ${text}`
    if (!this.#answers.has(key)) {
      if (this.#answers.size >= KEPT) this.#answers.delete(this.#answers.keys().next().value)
      this.#answers.set(key, this.#ask(command, text))
    }
    try {
      return await this.#answers.get(key)
    } catch {
      this.#answers.delete(key) // offline: the next letter asks again
      return []
    }
  }
}
