// A list beside a field that is typed in: what the word before the cursor may become, from whichever source knows it.

/**
 * @typedef {object} Found
 * @property {number} start      where the word begins that an item takes the place of
 * @property {object[]} items    each {text, note, insert, draw(face)?, take()?}: `insert` is what the word becomes, unless
 *                               it is to be taken in another way
 * @property {boolean} offered   Enter is not for the list until an item was chosen in it: what is typed may be complete
 */

export class Completion {
  #input
  #list
  #sources
  #found = null
  #at = -1
  #isOld = false
  #turn = 0

  /** `sources`: each has `find(before)`, with the text before the cursor -> Found, or a promise of it, or null. */
  constructor(input, list, sources) {
    this.#input = input
    this.#list = list
    this.#sources = sources
    input.setAttribute("aria-controls", list.id)
    input.addEventListener("blur", () => this.#hide())
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault() // the textarea keeps the focus
      const option = event.target.closest(".option")
      if (option) this.#take([...list.children].indexOf(option))
    })
  }

  /** Looks at what stands before the cursor. */
  async look() {
    const turn = ++this.#turn
    const before = this.#input.value.slice(0, this.#input.selectionStart)
    const found = first(this.#sources, before)
    if (!(found instanceof Promise)) return this.#show(found)
    this.#isOld = true // what is listed is about an earlier text: nothing may take any of it
    this.#choose(-1)
    const later = await found
    if (turn === this.#turn) this.#show(later)
  }

  /** -> whether the key was for the list. */
  key(event) {
    if (this.#list.hidden) return false
    const { length } = this.#found.items
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) this.#choose(this.#at < 0 && step < 0 ? length - 1 : (this.#at + step + length) % length)
    else if (event.key === "Tab") this.#take(Math.max(0, this.#at))
    else if (event.key === "Enter" && this.#at >= 0) this.#take(this.#at)
    else if (event.key === "Escape") this.#hide()
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  #take(at) {
    if (this.#isOld) return
    const { start, items } = this.#found
    const end = this.#input.selectionStart
    if (items[at].take) {
      this.#hide()
      return items[at].take()
    }
    this.#input.setRangeText(items[at].insert, Math.min(start, end), end, "end")
    this.#input.dispatchEvent(new InputEvent("input", { bubbles: true }))
  }

  #hide() {
    this.#turn += 1
    this.#show(null)
  }

  #show(found) {
    this.#isOld = false
    this.#found = found?.items.length ? found : null
    this.#list.hidden = !this.#found
    if (this.#input.role === "combobox") this.#input.ariaExpanded = String(!this.#list.hidden)
    this.#list.replaceChildren(...(this.#found?.items ?? []).map((item, at) => option(item, at)))
    this.#choose(this.#found && !this.#found.offered ? 0 : -1)
  }

  #choose(at) {
    this.#at = at
    ;[...this.#list.children].forEach((option, other) => option.setAttribute("aria-selected", String(other === at)))
    if (at < 0) return this.#input.removeAttribute("aria-activedescendant")
    this.#list.children[at].scrollIntoView({ block: "nearest" })
    this.#input.setAttribute("aria-activedescendant", `completion-${at}`)
  }
}

function first(sources, before) {
  for (const source of sources) {
    const found = source.find(before)
    if (found) return found
  }
  return null
}

function option(item, at) {
  const element = document.getElementById("option-template").content.firstElementChild.cloneNode(true)
  element.id = `completion-${at}`
  element.querySelector(".option-text").textContent = item.text
  element.querySelector(".option-note").textContent = item.note
  const face = element.querySelector(".option-face")
  if (item.draw) item.draw(face)
  else face.remove()
  return element
}
