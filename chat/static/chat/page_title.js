// The title of the tab, with how much is unread before it.

const COUNT = /^\(\d+\) /

export class PageTitle {
  #roomsList
  #name = document.title

  constructor(roomsList) {
    this.#roomsList = roomsList
    roomsList.addEventListener("change", () => this.#draw())
    this.#draw()
  }

  set(name) {
    this.#name = name.replace(COUNT, "")
    this.#draw()
  }

  #draw() {
    const { total } = this.#roomsList
    const title = total ? `(${total}) ${this.#name}` : this.#name
    if (title !== document.title) document.title = title
  }
}
