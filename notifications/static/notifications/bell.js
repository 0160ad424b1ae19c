// The bells of a page: how much waits, wherever a bell is drawn.

export class Bell {
  #inbox

  constructor(inbox) {
    this.#inbox = inbox
  }

  connect() {
    this.#inbox.addEventListener("change", this.draw)
    this.draw()
  }

  /** Again for a bell that was put into the page just now. */
  draw = () => {
    const { unread } = this.#inbox
    for (const bell of document.querySelectorAll("[data-bell]")) {
      const count = bell.querySelector(".bell-count")
      count.hidden = !unread
      count.textContent = unread > 99 ? "99+" : unread
      bell.querySelector(".bell-said").textContent = unread ? `, ${unread} unread` : ""
    }
  }
}
