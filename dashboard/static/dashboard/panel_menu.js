// What can be done with one panel, in a menu that all of them share.

import { ORDERS } from "./choice.js"
import { openBeside, withArrows } from "./menus.js"

export class PanelMenu {
  #board
  #element = null
  #grid
  #keep
  #menu = document.getElementById("panel-menu")

  /** @param {{ board: import("./board.js").Board, grid: HTMLElement, keep: (panel: object) => void }} options */
  constructor({ board, grid, keep }) {
    this.#board = board
    this.#grid = grid
    this.#keep = keep
    withArrows(this.#menu)
    grid.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-panel-menu]")
      if (button) this.#open(button)
    })
    this.#menu.addEventListener("click", ({ target }) => this.#pressed(target.closest("[data-do]")))
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.#enlarge(null))
  }

  get #panel() {
    return this.#board.panelOf(this.#element)
  }

  #open(button) {
    this.#element = button.closest(".panel")
    const panel = this.#panel
    const item = (name) => this.#menu.querySelector(`[data-do=${name}]`)
    item("table").hidden = !panel.hasChart
    item("table").lastElementChild.textContent = panel.isTable ? "Show the chart" : "Show the numbers"
    item("csv").hidden = panel.panel.type === "text" || !panel.frame
    item("enlarge").lastElementChild.textContent = this.#element.classList.contains("is-large") ? "Back to the board" : "Enlarge"
    const orders = this.#menu.querySelector(".legend-orders")
    orders.hidden = this.#element.querySelector(".legend").hidden
    for (const choice of orders.querySelectorAll("[data-order]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.order === panel.order))
    }
    openBeside(this.#menu, button)
  }

  #pressed(item) {
    if (!item) return
    const { do: deed, order } = item.dataset
    if (deed === "table") this.#panel.seeTable(!this.#panel.isTable)
    if (deed === "csv") this.#keep(this.#panel)
    if (deed === "enlarge") this.#enlarge(this.#element.classList.contains("is-large") ? null : this.#element)
    if (deed === "order" && ORDERS.includes(order)) this.#panel.order = order
    this.#menu.hidePopover()
    this.#element.querySelector("[data-panel-menu]").focus()
  }

  /** One panel over the whole board, or none. */
  #enlarge(element) {
    for (const panel of this.#grid.children) panel.classList.toggle("is-large", panel === element)
    this.#grid.classList.toggle("has-large", element !== null)
  }
}
