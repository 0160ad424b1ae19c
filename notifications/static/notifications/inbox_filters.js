// The form over the inbox: what is chosen or typed there is shown without a new page.

const TYPING_MS = 250

export class InboxFilters {
  #chosen
  #form = document.getElementById("filters")
  #timer = null

  /** @param {{ chosen: (filters: object) => void }} options */
  constructor({ chosen }) {
    this.#chosen = chosen
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault()
      if (event.submitter?.name === "show") this.#press(event.submitter.value)
      this.#tell()
    })
    this.#form.addEventListener("change", ({ target }) => target.matches("select") && this.#tell())
    this.#form.addEventListener("input", ({ target }) => target.name === "q" && this.#typed())
    this.#form.addEventListener("keydown", (event) => this.#key(event))
  }

  /** Puts filters from elsewhere into the form. -> the same filters */
  show(filters) {
    for (const name of ["kind", "priority", "q"]) this.#form.elements[name].value = filters[name]
    this.#press(filters.show)
    return filters
  }

  search() {
    this.#form.elements.q.focus()
    this.#form.elements.q.select()
  }

  #press(show) {
    for (const button of this.#buttons) button.setAttribute("aria-pressed", String(button.value === show))
  }

  #typed() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#tell(), TYPING_MS)
  }

  #tell() {
    clearTimeout(this.#timer)
    const { kind, priority, q } = this.#form.elements
    const show = this.#buttons.find((button) => button.getAttribute("aria-pressed") === "true").value
    this.#chosen({ show, kind: kind.value, priority: priority.value, q: q.value.trim() })
  }

  /** Out of the field, and back to the list with its keys. */
  #key({ key, target }) {
    if (key === "Escape") target.blur()
  }

  get #buttons() {
    return [...this.#form.querySelectorAll("[name=show]")]
  }
}
