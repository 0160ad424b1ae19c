// The title of the tab, with how much waits before it: messages, or what else there is to be told of.

const COUNT = /^\(\d+\) /

export class PageTitle {
  #inbox
  #roomsList
  #name = document.title.replace(COUNT, "")

  constructor(roomsList, inbox) {
    this.#roomsList = roomsList
    this.#inbox = inbox
    roomsList.addEventListener("change", () => this.#draw())
    inbox.addEventListener("change", () => this.#draw())
    this.#draw()
  }

  set(name) {
    this.#name = name.replace(COUNT, "")
    this.#draw()
  }

  #draw() {
    const total = this.#roomsList.total || this.#inbox.unread
    const title = total ? `(${total}) ${this.#name}` : this.#name
    if (title !== document.title) document.title = title
  }
}
