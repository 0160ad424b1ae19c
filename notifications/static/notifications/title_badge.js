// How much is unread, before the name in the tab.

const COUNT = /^\(\d+\) /

/** The title with a count, or without one where nothing is unread. */
export function withCount(title, count) {
  const name = title.replace(COUNT, "")
  return count ? `(${count}) ${name}` : name
}

export class TitleBadge {
  #document
  #inbox

  constructor(inbox, document = globalThis.document) {
    this.#inbox = inbox
    this.#document = document
  }

  connect() {
    this.#inbox.addEventListener("change", this.draw)
    this.draw()
  }

  draw = () => {
    const title = withCount(this.#document.title, this.#inbox.unread)
    if (title !== this.#document.title) this.#document.title = title
  }
}
