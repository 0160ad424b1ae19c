// The numbers behind a chart, newest first, for those who want to read or hear them.

import { rowsOf } from "./csv.js"
import { format } from "./units.js"

const ROWS = 200

export class DataTable {
  #body
  #caption
  #head
  #look

  constructor(place, look) {
    this.#look = look
    const table = document.createElement("table")
    table.className = "numbers"
    this.#caption = table.createCaption()
    this.#head = table.createTHead().insertRow()
    this.#body = table.createTBody()
    place.classList.add("scrolls")
    place.tabIndex = 0
    place.replaceChildren(table)
  }

  draw(shown) {
    const { frame, window, times, panel } = this.#look
    if (!frame) return
    const all = rowsOf(frame, shown, window)
    const rows = all.slice(-ROWS).reverse()
    this.#caption.textContent = all.length > ROWS ? `The newest ${ROWS} of ${all.length} rows; the CSV file has all.` : `${all.length} rows`
    const cell = (text, scope) => {
      const made = document.createElement(scope ? "th" : "td")
      if (scope) made.scope = scope
      made.textContent = text
      return made
    }
    this.#head.replaceChildren(cell("Time", "col"), ...shown.map(({ name }) => cell(name, "col")))
    this.#body.replaceChildren(...rows.map(({ time, values }) => {
      const row = document.createElement("tr")
      row.append(cell(times.moment(time, frame.step), "row"), ...values.map((value) => cell(format(value, panel.unit))))
      return row
    }))
  }

  disconnect() {}
}
