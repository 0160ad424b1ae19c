// The form of one panel, and beside it what it will look like.

import { readPreview } from "./api.js"
import { Board } from "./board.js"
import { labelsOf } from "./label_text.js"
import { listMetrics } from "./metric_names.js"
import { fillPanel } from "./panel_element.js"
import { fillQuery, fitQuery, readQuery, suitQuery, unsuited } from "./query_fields.js"
import { FINE } from "./range.js"
import { unitOf } from "./rule_words.js"

const WAIT_MS = 400

export class PanelForm {
  #asked = null
  #board = null
  #dialog = document.getElementById("panel-form")
  #form = this.#dialog.querySelector("form")
  #guess = ""
  #metrics = {}
  #options
  #panel
  #preview = this.#dialog.querySelector(".preview-place")
  #queries = this.#dialog.querySelector(".queries")
  #taken

  /** @param {{ times: object, now: () => number, live: object, range: () => object }} options */
  constructor(options) {
    this.#options = options
    this.#form.addEventListener("input", ({ target }) => {
      const query = target.closest(".query")
      if (query) this.#suit(query, target)
      this.#later()
    })
    this.#form.addEventListener("submit", (event) => this.#submit(event))
    this.#form.addEventListener("click", ({ target }) => this.#pressed(target.closest("[data-form]")))
    this.#dialog.addEventListener("close", () => this.#stop())
  }

  /** @param {object} panel @param {(panel: object) => void} taken  with the panel as it was made */
  open(panel, taken) {
    this.#panel = panel
    this.#taken = taken
    this.#fill(panel)
    this.#dialog.showModal()
    listMetrics().then((metrics) => (this.#metrics = Object.fromEntries(metrics.map((metric) => [metric.name, metric]))))
    this.#show()
  }

  /** The unit follows what is measured, until somebody writes another. */
  #suit(query, changed) {
    suitQuery(query, changed, this.#kindOf)
    const guess = unitOf({ query: readQuery(this.#queries.firstElementChild, () => ({})) }, this.#metrics)
    const unit = this.#field("unit")
    if (guess !== this.#guess && unit.value.trim() === this.#guess) unit.value = guess
    this.#guess = guess
  }

  #kindOf = (metric) => this.#metrics[metric]?.kind

  #field(name) {
    return this.#form.elements.namedItem(name)
  }

  #fill(panel) {
    for (const name of ["title", "type", "unit", "w", "h", "min", "max", "text"]) this.#field(name).value = panel[name] ?? ""
    for (const state of ["warn", "critical"]) {
      this.#field(state).value = panel.thresholds?.find((threshold) => threshold.state === state)?.value ?? ""
    }
    this.#queries.replaceChildren(...panel.queries.map((query) => this.#queryOf(query)))
    this.#guess = ""
    this.#fit()
  }

  #queryOf(query) {
    const element = document.getElementById("query-template").content.firstElementChild.cloneNode(true)
    fillQuery(element, query)
    return element
  }

  #fit() {
    const isText = this.#field("type").value === "text"
    for (const element of this.#form.querySelectorAll("[data-for=text]")) element.hidden = !isText
    for (const element of this.#form.querySelectorAll("[data-for=metrics]")) element.hidden = isText
    const alone = this.#queries.childElementCount < 2
    for (const button of this.#queries.querySelectorAll("[data-form=drop]")) button.hidden = alone
    for (const query of this.#queries.children) fitQuery(query)
  }

  /** @throws {Error} for what cannot be read */
  #read() {
    const number = (name) => this.#field(name).value === "" ? undefined : Number(this.#field(name).value)
    const type = this.#field("type").value
    const { id } = this.#panel
    const common = { id, type, title: this.#field("title").value.trim(), w: number("w") ?? 6, h: number("h") ?? 5 }
    if (type === "text") return { ...common, unit: "", queries: [], text: this.#field("text").value }
    const thresholds = ["warn", "critical"].map((state) => ({ value: number(state), state })).filter(({ value }) => value !== undefined)
    const panel = { ...common, unit: this.#field("unit").value.trim(), queries: [...this.#queries.children].map((element) => readQuery(element, labelsOf)) }
    for (const name of ["min", "max"]) if (number(name) !== undefined) panel[name] = number(name)
    return thresholds.length ? { ...panel, thresholds } : panel
  }

  #later() {
    this.#fit()
    clearTimeout(this.#asked)
    this.#asked = setTimeout(() => this.#show(), WAIT_MS)
  }

  #show() {
    this.#stop()
    let panel
    try {
      panel = this.#read()
    } catch (error) {
      return this.#say(error.message)
    }
    const isReady = panel.type === "text" || panel.queries.every(({ metric }) => metric)
    this.#say(isReady ? "" : "Choose a metric to see what it looks like.")
    if (!isReady) return
    const element = document.getElementById("panel-template").content.firstElementChild.cloneNode(true)
    fillPanel(element, { ...panel, id: "preview" })
    this.#preview.replaceChildren(element)
    this.#board = new Board({
      ...this.#options, stream: null, range: this.#options.range(), width: () => Math.max(FINE, element.clientWidth), zoomed: undefined,
      source: (wanted) => readPreview([{ ...panel, title: panel.title || "Preview" }], wanted),
    })
    this.#board.add(element, panel)
    this.#board.addEventListener("failed", ({ detail }) => this.#say(firstOf(detail)))
    this.#board.addEventListener("loaded", () => this.#say(unsuited(panel, this.#kindOf)))
    this.#board.connect()
  }

  #stop() {
    clearTimeout(this.#asked)
    this.#board?.disconnect()
    for (const element of this.#preview.children) this.#board?.remove(element)
    this.#board = null
    this.#preview.replaceChildren()
  }

  #say(text) {
    this.#dialog.querySelector(".preview-said").textContent = text
  }

  #submit(event) {
    event.preventDefault()
    try {
      const panel = this.#read()
      this.#dialog.close()
      this.#taken(panel)
    } catch (error) {
      this.#say(error.message)
    }
  }

  #pressed(button) {
    const deed = button?.dataset.form
    if (deed === "cancel") this.#dialog.close()
    if (deed === "add") this.#queries.append(this.#queryOf({ metric: "", where: {}, fn: "avg", by: [], legend: "" }))
    if (deed === "drop") button.closest(".query").remove()
    if (deed === "add" || deed === "drop") this.#later()
  }
}

/** The first thing that is wrong, in words. */
const firstOf = ({ fields, message }) => Object.values(fields ?? {})[0] ?? message
