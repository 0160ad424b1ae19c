// A board as it is being edited: nobody else sees it before it is saved.

const WIDEST = 12
const TALLEST = 12

export const TYPES = [
  { name: "line", title: "Lines", w: 6, h: 5 },
  { name: "area", title: "Areas", w: 6, h: 5 },
  { name: "stacked", title: "Stacked areas", w: 6, h: 5 },
  { name: "stat", title: "Number", w: 3, h: 3 },
  { name: "gauge", title: "Dial", w: 3, h: 3 },
  { name: "heatmap", title: "Heatmap", w: 6, h: 5 },
  { name: "table", title: "Top list", w: 4, h: 5 },
  { name: "status", title: "Status tiles", w: 6, h: 4 },
  { name: "text", title: "Text", w: 4, h: 3 },
]

/** Fires `change`. Panels are never changed in place: whoever holds one may keep it. */
export class Draft extends EventTarget {
  #saved

  /** @param {{ title: string, panels: object[] }} board */
  constructor({ title, panels }) {
    super()
    this.title = title
    this.panels = [...panels]
    this.#saved = this.toJson()
  }

  get isChanged() {
    return this.toJson() !== this.#saved
  }

  rename(title) {
    this.title = title
    this.#changed()
  }

  find(id) {
    return this.panels.find((panel) => panel.id === id)
  }

  /** A panel to begin with, not yet on the board. */
  blank(type = "line") {
    const { w, h } = TYPES.find(({ name }) => name === type)
    const queries = type === "text" ? [] : [{ metric: "", where: {}, fn: "avg", by: [], legend: "" }]
    return { id: this.#freshId(), type, title: "", unit: "", w, h, queries }
  }

  /** Puts a panel in the place of the one with its id, or at the end. */
  put(panel) {
    const place = this.panels.findIndex(({ id }) => id === panel.id)
    if (place < 0) this.panels = [...this.panels, panel]
    else this.panels = this.panels.with(place, panel)
    this.#changed()
  }

  duplicate(id) {
    const place = this.panels.findIndex((panel) => panel.id === id)
    const copy = { ...structuredClone(this.panels[place]), id: this.#freshId() }
    this.panels = this.panels.toSpliced(place + 1, 0, copy)
    this.#changed()
    return copy.id
  }

  remove(id) {
    this.panels = this.panels.filter((panel) => panel.id !== id)
    this.#changed()
  }

  /** So many places earlier (below 0) or later; the ends are the end. */
  move(id, by) {
    const place = this.panels.findIndex((panel) => panel.id === id)
    const target = clamp(place + by, 0, this.panels.length - 1)
    if (target === place) return
    this.panels = this.panels.toSpliced(place, 1).toSpliced(target, 0, this.panels[place])
    this.#changed()
  }

  resize(id, { w = 0, h = 0 }) {
    const panel = this.find(id)
    this.put({ ...panel, w: clamp(panel.w + w, 1, WIDEST), h: clamp(panel.h + h, 1, TALLEST) })
  }

  toJson() {
    return JSON.stringify({ title: this.title, panels: this.panels }, null, 2)
  }

  /**
   * Takes over what a text says; the server looks at it when it is saved.
   * @throws {Error} whose message tells a person what is wrong with the text
   */
  fromJson(text) {
    let board
    try {
      board = JSON.parse(text)
    } catch (error) {
      throw new Error(`This is not JSON: ${error.message}`)
    }
    if (!Array.isArray(board?.panels)) throw new Error('A board is an object with "title" and a list "panels".')
    const ids = new Set()
    for (const [place, panel] of board.panels.entries()) {
      if (typeof panel?.id !== "string" || !panel.id) throw new Error(`Panel ${place + 1} has no "id".`)
      if (ids.has(panel.id)) throw new Error(`Two panels have the id "${panel.id}".`)
      if (!TYPES.some(({ name }) => name === panel.type)) throw new Error(`Panel "${panel.id}" is of no known type.`)
      ids.add(panel.id)
    }
    if (typeof board.title === "string" && board.title) this.title = board.title
    this.panels = board.panels
    this.#changed()
  }

  #freshId() {
    for (let number = 1; ; number += 1) if (!this.find(`p${number}`)) return `p${number}`
  }

  #changed() {
    this.dispatchEvent(new Event("change"))
  }
}

const clamp = (number, least, most) => Math.min(most, Math.max(least, number))
