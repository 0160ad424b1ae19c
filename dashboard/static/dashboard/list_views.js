// Series beside each other as they are now: the largest first, or each as a tile with its state.

import { summary } from "./frame.js"
import { STATE_NAMES, stateOf } from "./thresholds.js"
import { format, NOTHING } from "./units.js"

/** Places that the value of a tile may be old. */
const RECENT = 5
const COLUMNS = [["last", "Now"], ["avg", "Avg"], ["max", "Max"]]

/** What can be said of each: of what has only just come up among the largest no more than its present value. */
function about({ frame, window: { from, to } }, shown) {
  const [first, last] = [frame.placeOf(from), frame.placeOf(to)]
  return shown.map((one) => {
    const known = one.joined ? null : summary(one.values, first, last)
    return { one, numbers: { last: frame.newest(one, to, RECENT), avg: known?.avg ?? null, max: known?.max ?? null } }
  })
}

export class TopView {
  #by = "last"
  #body
  #look
  #shown = []

  constructor(place, look) {
    this.#look = look
    const table = document.createElement("table")
    table.className = "top"
    const head = table.createTHead().insertRow()
    for (const [name, words] of [["name", "Series"], ...COLUMNS]) {
      const cell = head.appendChild(document.createElement("th"))
      cell.scope = "col"
      cell.dataset.by = name
      const button = cell.appendChild(document.createElement("button"))
      button.type = "button"
      button.textContent = words
      button.addEventListener("click", () => this.#sortBy(name))
    }
    this.#body = table.createTBody()
    place.classList.add("scrolls")
    place.tabIndex = 0
    place.replaceChildren(table)
  }

  draw(shown) {
    if (!this.#look.frame) return
    this.#shown = shown
    const { unit } = this.#look.panel
    const rows = this.#largest(about(this.#look, shown)).toSorted((a, b) => this.#compare(a, b, this.#by))
    const most = Math.max(...rows.map(({ numbers }) => Math.abs(numbers.last ?? 0)), 0)
    while (this.#body.rows.length > rows.length) this.#body.deleteRow(-1)
    rows.forEach(({ one, numbers }, place) => {
      const row = this.#body.rows[place] ?? newRow(this.#body)
      row.cells[0].firstChild.textContent = one.name
      row.cells[0].lastChild.firstChild.style.inlineSize = most ? `${(100 * Math.abs(numbers.last ?? 0)) / most}%` : "0"
      COLUMNS.forEach(([name], column) => (row.cells[column + 1].textContent = format(numbers[name], unit)))
    })
    for (const cell of this.#body.parentElement.tHead.rows[0].cells) {
      cell.ariaSort = cell.dataset.by === this.#by ? (this.#by === "name" ? "ascending" : "descending") : "none"
    }
  }

  disconnect() {}

  #sortBy(name) {
    this.#by = name
    this.draw(this.#shown)
  }

  /** Where there are more than are told of, no more than were told of at first: what has come up takes the place of the least. */
  #largest(rows) {
    const { more, told } = this.#look.frame
    return more ? rows.toSorted((a, b) => this.#compare(a, b, "last")).slice(0, told) : rows
  }

  #compare(a, b, by) {
    const byName = a.one.name.localeCompare(b.one.name, undefined, { numeric: true })
    if (by === "name" || a.numbers[by] === b.numbers[by]) return byName
    return (b.numbers[by] ?? -Infinity) - (a.numbers[by] ?? -Infinity)
  }
}

function newRow(body) {
  const row = body.insertRow()
  const name = row.appendChild(document.createElement("th"))
  name.scope = "row"
  name.append(document.createElement("span"), document.createElement("i"))
  name.lastChild.className = "top-bar"
  name.lastChild.append(document.createElement("b"))
  for (const _ of COLUMNS) row.insertCell()
  return row
}

export class StatusView {
  #list
  #look

  constructor(place, look) {
    this.#look = look
    this.#list = document.createElement("ul")
    this.#list.className = "tiles"
    place.classList.add("scrolls")
    place.tabIndex = 0
    place.replaceChildren(this.#list)
  }

  draw(shown) {
    if (!this.#look.frame) return
    const { thresholds, unit } = this.#look.panel
    const { frame, window: { to } } = this.#look
    const tiles = shown.map((one) => {
      const value = frame.newest(one, to, RECENT)
      return { name: one.name, value, state: stateOf(value, thresholds) }
    })
    while (this.#list.childElementCount > tiles.length) this.#list.lastChild.remove()
    tiles.forEach(({ name, value, state }, place) => {
      const tile = this.#list.children[place] ?? this.#list.appendChild(newTile())
      tile.dataset.state = state
      const [title, number, words] = tile.children
      title.textContent = name
      number.textContent = value === null ? NOTHING : format(value, unit)
      words.textContent = STATE_NAMES[state]
    })
  }

  disconnect() {}
}

function newTile() {
  const tile = document.createElement("li")
  tile.className = "tile"
  for (const name of ["tile-name", "tile-number", "tile-state"]) {
    tile.appendChild(document.createElement("span")).className = name
  }
  return tile
}

export class TextView {
  constructor(place, look) {
    place.classList.add("scrolls", "text")
    place.tabIndex = 0
    place.replaceChildren(...(look.panel.text ?? "").split(/\n{2,}/).map((words) => {
      const paragraph = document.createElement("p")
      paragraph.textContent = words
      return paragraph
    }))
  }

  draw() {}

  disconnect() {}
}
