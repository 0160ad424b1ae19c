// The numbers behind a chart, newest first, for those who want to read or hear them. What has not changed stays the same
// element, so that nobody who reads loses the place.

import { rowsOf } from "./csv.js"
import { format } from "./units.js"

const ROWS = 200

export class DataTable {
  #body
  #caption
  #columns = ""
  #head
  #look
  /** By their times. */
  #rows = new Map()

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
    const { frame, window, panel } = this.#look
    if (!frame) return
    const columns = JSON.stringify([frame.step, ...shown.map(({ key, name }) => [key, name])])
    if (columns !== this.#columns) this.#begin(shown)
    this.#columns = columns
    const all = rowsOf(frame, shown, window)
    const rows = all.slice(-ROWS).reverse()
    fill(this.#caption, all.length > ROWS ? `The newest ${ROWS} of ${all.length} rows; the CSV file has all.` : `${all.length} rows`)
    const times = new Set(rows.map(({ time }) => time))
    for (const [time, element] of this.#rows) if (!times.has(time)) this.#remove(time, element)
    rows.forEach(({ time, values }, place) => {
      const row = this.#rows.get(time) ?? this.#add(time, values)
      if (this.#body.children[place] !== row) this.#body.insertBefore(row, this.#body.children[place] ?? null)
      values.forEach((value, column) => fill(row.children[column + 1], format(value, panel.unit)))
    })
  }

  disconnect() {}

  #begin(shown) {
    this.#rows.clear()
    this.#body.replaceChildren()
    this.#head.replaceChildren(cell("Time", "col"), ...shown.map(({ name }) => cell(name, "col")))
  }

  #add(time, values) {
    const { frame, times } = this.#look
    const row = document.createElement("tr")
    row.append(cell(times.moment(time, frame.step), "row"), ...values.map(() => cell("")))
    this.#rows.set(time, row)
    return row
  }

  #remove(time, element) {
    element.remove()
    this.#rows.delete(time)
  }
}

function cell(text, scope) {
  const made = document.createElement(scope ? "th" : "td")
  if (scope) made.scope = scope
  made.textContent = text
  return made
}

function fill(element, text) {
  if (element.textContent !== text) element.textContent = text
}
