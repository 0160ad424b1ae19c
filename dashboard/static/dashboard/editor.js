// Editing a board in its place: what is done is seen at once, and kept when it is saved.

import { readPreview } from "./api.js"
import { Draft } from "./draft.js"
import { fillPanel } from "./panel_element.js"
import { PanelForm } from "./panel_form.js"

export class Editor {
  #board
  #draft
  #elements = new Map()
  #form
  #grid
  #live
  #page
  #root
  #shown = new Map()
  #tell

  /**
   * @param {{ board: import("./board.js").Board, root: HTMLElement, page: object, live: object, times: object,
   *   now: () => number, tell: { say: Function, complain: Function } }} options
   */
  constructor({ board, root, page, live, times, now, tell }) {
    this.#board = board
    this.#root = root
    this.#page = page
    this.#live = live
    this.#tell = tell
    this.#grid = root.querySelector("#panels")
    this.#form = new PanelForm({ times, now, live, range: () => board.range })
    root.addEventListener("click", ({ target }) => this.#pressed(target.closest("[data-edit]")))
    for (const panel of page.board.panels) {
      this.#elements.set(panel.id, document.getElementById(`panel-${panel.id}`))
      this.#shown.set(panel.id, panel)
    }
    addEventListener("beforeunload", (event) => this.#draft?.isChanged && event.preventDefault())
  }

  get isOn() {
    return Boolean(this.#draft)
  }

  get draft() {
    return this.#draft
  }

  begin() {
    if (this.isOn) return
    this.#draft = new Draft(this.#page.board)
    this.#draft.addEventListener("change", () => this.#draw())
    document.documentElement.classList.add("is-editing")
    this.#root.querySelector("#edit-title").value = this.#draft.title
    this.#root.querySelector("#edit-title").addEventListener("input", ({ target }) => this.#draft.rename(target.value))
    this.#board.preview((wanted) => readPreview(this.#draft.panels, wanted))
    this.#draw()
  }

  #pressed(button) {
    if (!button) return
    const { edit } = button.dataset
    const id = button.closest(".panel")?.dataset.panel
    const deeds = {
      begin: () => this.begin(),
      add: () => this.#form.open(this.#draft.blank(), (panel) => this.#draft.put(panel)),
      change: () => this.#form.open(this.#draft.find(id), (panel) => this.#draft.put(panel)),
      copy: () => this.#draft.duplicate(id),
      earlier: () => this.#move(button, id, -1),
      later: () => this.#move(button, id, 1),
      wider: () => this.#draft.resize(id, { w: 1 }),
      narrower: () => this.#draft.resize(id, { w: -1 }),
      taller: () => this.#draft.resize(id, { h: 1 }),
      lower: () => this.#draft.resize(id, { h: -1 }),
      remove: () => this.#draft.remove(id),
      discard: () => this.#leave(),
      save: () => this.#save(button),
    }
    deeds[edit]?.()
  }

  #move(button, id, by) {
    this.#draft.move(id, by)
    button.focus()
  }

  /** The page as the draft is: what has not changed stays the same element. */
  #draw() {
    const draft = this.#draft
    let isOther = false
    for (const [id, element] of this.#elements) {
      if (draft.find(id)) continue
      this.#board.remove(element)
      element.remove()
      this.#elements.delete(id)
      this.#shown.delete(id)
    }
    draft.panels.forEach((panel, place) => {
      const old = this.#elements.get(panel.id)
      if (!old || !sameContent(this.#shown.get(panel.id), panel)) {
        isOther = true
        this.#make(panel, old)
      }
      const element = this.#elements.get(panel.id)
      this.#shown.set(panel.id, panel)
      element.dataset.w = panel.w
      element.dataset.h = panel.h
      if (this.#grid.children[place] !== element) this.#grid.insertBefore(element, this.#grid.children[place] ?? null)
      if (!element.querySelector(".edit-tools")) {
        element.append(document.getElementById("edit-tools-template").content.cloneNode(true))
      }
      element.querySelector(".edit-tools").setAttribute("aria-label", `Edit ${panel.title || panel.id}`)
    })
    this.#root.querySelector("#board-empty").hidden = draft.panels.length > 0
    this.#root.querySelector("[data-edit=save]").disabled = !draft.isChanged || !draft.title.trim()
    this.#root.querySelector(".edit-state").textContent = draft.isChanged ? "Not saved yet" : "Nothing changed"
    if (isOther) this.#board.load()
  }

  #make(panel, old) {
    const element = document.getElementById("panel-template").content.firstElementChild.cloneNode(true)
    fillPanel(element, panel)
    if (old) {
      this.#board.remove(old)
      old.replaceWith(element)
    } else this.#grid.append(element)
    this.#elements.set(panel.id, element)
    this.#board.add(element, panel)
  }

  /** Without a question nothing is lost, with what changed there is one: the browser's own. */
  #leave() {
    location.assign(location.pathname)
  }

  async #save(button) {
    const { title, panels } = this.#draft
    const { slug, version } = this.#page.board
    button.disabled = true
    try {
      await this.#live.command("board.update", { board: slug, title: title.trim(), panels, version })
      this.#draft = null
      location.assign(location.pathname)
    } catch (error) {
      button.disabled = false
      this.#tell.complain(error)
    }
  }
}

/** Whether two panels differ in nothing but their size. */
function sameContent(a, b) {
  return JSON.stringify({ ...a, w: 0, h: 0 }) === JSON.stringify({ ...b, w: 0, h: 0 })
}
