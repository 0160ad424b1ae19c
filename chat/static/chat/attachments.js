// What hangs below messages. A type is drawn by a module of its own, which is loaded when the first one comes near.

import { fromTemplate } from "./dom.js"

const NEAR = "300px 0px"

export class Attachments {
  #connected = false
  #elements = new Map()
  #modules
  #observer
  #page

  /** `modules`: type -> address; `page`: what a module gets, {live, me, now}; `view` is what scrolls. */
  constructor(modules, page, view) {
    this.#modules = modules
    this.#page = page
    this.#observer = new IntersectionObserver((entries) => this.#near(entries), { root: view, rootMargin: NEAR })
  }

  connect() {
    this.#connected = true
    for (const element of this.#elements.keys()) this.#observer.observe(element)
  }

  disconnect() {
    this.#connected = false
    for (const element of [...this.#elements.keys()]) this.#forget(element)
  }

  /** Takes over what the server put into a row. */
  adopt(row) {
    const place = row.querySelector(".attachments")
    this.fill(row, JSON.parse(place.dataset.attachments || "[]"))
    delete place.dataset.attachments
  }

  /** Makes a row show these. What is there already stays as it is, and goes on. */
  fill(row, attachments) {
    const place = row.querySelector(".attachments")
    const known = attachments.filter(({ type }) => Object.hasOwn(this.#modules, type))
    const kept = [...place.children]
    known.forEach((attachment, at) => {
      const old = kept[at]
      if (old && this.#elements.get(old)?.text === textOf(attachment)) return
      const element = this.#make(attachment, old)
      if (old) old.replaceWith(element)
      else place.append(element)
    })
    for (const element of kept.slice(known.length)) {
      this.#forget(element)
      element.remove()
    }
  }

  /** The row goes. */
  drop(row) {
    for (const element of row.querySelectorAll(".attachment")) this.#forget(element)
  }

  #make(attachment, old) {
    const element = document.createElement("div")
    element.className = "attachment"
    element.dataset.type = attachment.type
    if (old) this.#forget(old)
    this.#elements.set(element, { attachment, text: textOf(attachment), stop: null })
    if (this.#connected) this.#observer.observe(element)
    return element
  }

  #forget(element) {
    this.#observer.unobserve(element)
    this.#elements.get(element)?.stop?.()
    this.#elements.delete(element)
  }

  #near(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue
      this.#observer.unobserve(target)
      this.#begin(target)
    }
  }

  async #begin(element) {
    const entry = this.#elements.get(element)
    if (!entry) return
    try {
      const { attach } = await import(this.#modules[entry.attachment.type])
      if (this.#elements.get(element) !== entry) return // gone while the module came
      element.replaceChildren(fromTemplate(`attachment-${entry.attachment.type}`))
      entry.stop = attach(element, entry.attachment, this.#page) ?? null
    } catch (error) {
      reportError(error)
      element.textContent = "This could not be loaded."
    }
  }
}

/** The same for the same, in whatever order its fields come: a database has one of its own. */
const textOf = (attachment) => JSON.stringify(Object.entries(attachment).sort(([a], [b]) => (a < b ? -1 : 1)))
