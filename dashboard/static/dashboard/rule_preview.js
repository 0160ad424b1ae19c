// What a rule would have done: its values, its limits, and when it would have fired, before anybody relies on it.

import { readBacktest } from "./alert_api.js"
import { boardAt } from "./alert_rows.js"
import { Board } from "./board.js"
import { inWords } from "./durations.js"
import { fillPanel } from "./panel_element.js"
import { onTheme } from "./palette.js"
import { marksOf, unitOf } from "./rule_words.js"
import { labelsText } from "./label_text.js"
import { firings, verdict } from "./spans.js"
import { usualLines } from "./usual.js"

const WAIT_MS = 500
/** Up to this span it goes on by itself, so often. */
const LIVE_S = 3600
const AGAIN_MS = 10_000
const LISTED_MAX = 50
const SPAN_NAMES = { 3600: "hour", 86_400: "24 hours", 604_800: "7 days", 2_592_000: "30 days" }
const SHADES = { firing: ["danger", 0.2], recovering: ["danger", 0.1], pending: ["warn", 0.14] }

export class RulePreview {
  #asked = null
  #board = null
  #definition = null
  #options
  #refused
  #root
  #span = LIVE_S
  #timer = null
  #turn = 0

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {object} options.live
   * @param {import("./local_times.js").LocalTimes} options.times
   * @param {() => number} options.now
   * @param {import("./rule_words.js").Metrics} options.metrics
   * @param {(error: Error | null) => void} options.refused  what is wrong with the rule; null: nothing
   */
  constructor(root, options) {
    this.#root = root
    this.#options = options
    this.#refused = options.refused
    root.addEventListener("click", ({ target }) => this.#choose(Number(target.closest("[data-span]")?.dataset.span)))
    onTheme(() => this.#board?.remake())
    this.#timer = setInterval(() => this.#goOn(), AGAIN_MS)
  }

  disconnect() {
    clearInterval(this.#timer)
    this.#stop()
  }

  /** In a moment: somebody may be writing still. */
  show(definition) {
    this.#definition = definition
    clearTimeout(this.#asked)
    this.#asked = setTimeout(() => this.#begin(), WAIT_MS)
  }

  #choose(span) {
    if (!span) return
    this.#span = span
    for (const button of this.#root.querySelectorAll("[data-span]")) button.setAttribute("aria-pressed", String(Number(button.dataset.span) === span))
    this.#begin()
  }

  get #range() {
    const now = this.#options.now()
    return { from: Math.floor(now - this.#span), to: Math.floor(now) }
  }

  #goOn() {
    if (this.#board && this.#span === LIVE_S && document.visibilityState === "visible") this.#board.range = this.#range
  }

  #begin() {
    this.#stop()
    const missing = missingOf(this.#definition.condition)
    this.#say(missing ?? "")
    this.#verdict("")
    this.#list([])
    if (missing) return
    const { condition } = this.#definition
    this.#root.dataset.kind = condition.kind
    const unit = unitOf(condition, this.#options.metrics)
    const panel = { id: "preview", type: "line", title: this.#definition.title || "Preview", unit, w: 12, h: 5, queries: [] }
    const element = document.getElementById("panel-template").content.firstElementChild.cloneNode(true)
    fillPanel(element, panel)
    this.#root.querySelector(".preview-place").replaceChildren(element)
    const { live, times, now } = this.#options
    this.#board = new Board({
      live, times, now, stream: null, range: this.#range, width: () => Math.max(300, element.clientWidth), zoomed: undefined,
      source: (wanted) => this.#try(wanted, shown, unit),
    })
    const shown = this.#board.add(element, panel)
    shown.mark(marksOf(condition, unit, { isAlways: true }))
    this.#board.connect()
  }

  #stop() {
    clearTimeout(this.#asked)
    this.#turn += 1
    this.#board?.disconnect()
    for (const panel of this.#root.querySelectorAll(".preview-place > .panel")) this.#board?.remove(panel)
    this.#board = null
    this.#root.querySelector(".preview-place").replaceChildren()
  }

  /** What is refused is said, and not asked for again and again. */
  async #try({ from, to }, panel, unit) {
    const turn = this.#turn
    const nothing = { from, to, step: 60, panels: {} }
    if (this.#span > LIVE_S) this.#say("Looking at what was measured …")
    try {
      const found = await readBacktest(triable(this.#definition), { from, to })
      if (turn !== this.#turn) return nothing
      this.#refused(null)
      this.#tell(found, from)
      panel.mark(marksOf(this.#definition.condition, unit, { isAlways: true }), shadesOf(found.series))
      return { ...found, panels: { preview: this.#lines(found.series) } }
    } catch (error) {
      if (turn === this.#turn) {
        this.#say(error.fields && Object.keys(error.fields).length ? "Something in the form is not right yet." : `It cannot be tried now. ${error.message}`)
        this.#refused(error)
      }
      return nothing
    }
  }

  /** Of one label set also what is usual: of several that would be a thicket. */
  #lines(series) {
    const { condition, title } = this.#definition
    const values = series.map((one) => ({ ...one, name: labelsText(one.labels) || title || "value" }))
    const isOne = condition.kind === "anomaly" && series.length === 1 && series[0].usual.length > 0
    return isOne ? [...values, ...usualLines(series[0].usual, condition)] : values
  }

  #tell({ series, from, to, step, errors, more }, wanted) {
    const found = firings(series)
    const isLess = from > wanted + 2 * step
    const span = isLess ? inWords(to - from) : SPAN_NAMES[this.#span]
    this.#verdict(hasLimit(this.#definition.condition) ? `In the last ${span} it ${verdict(found)}.` : "Say a limit to see when it would have fired.")
    const isLearning = this.#definition.condition.kind === "anomaly" && series.every(({ usual }) => usual.length === 0)
    const said = [
      isLearning ? "It would have been learning all the time: there are not two weeks yet that say what is usual at this hour." : "",
      isLess ? "What was before is not kept, or too much to look at." : "",
      more ? `${more} more series are not drawn.` : "",
      ...errors,
    ]
    this.#say(said.filter(Boolean).join(" "))
    this.#list(found)
  }

  #list(found) {
    const { times } = this.#options
    const items = found.slice(0, LISTED_MAX).map(({ labels, from, to }) => {
      const item = document.createElement("li")
      const link = Object.assign(document.createElement("a"), { href: boardAt(this.#definition.board, from, to), target: "_blank", textContent: times.stretch(from, to) })
      item.append(link, ` ${[inWords(to - from), labelsText(labels)].filter(Boolean).join(", ")}`)
      return item
    })
    if (found.length > LISTED_MAX) items.push(Object.assign(document.createElement("li"), { textContent: `and ${found.length - LISTED_MAX} more` }))
    this.#root.querySelector(".preview-firings").replaceChildren(...items)
  }

  #verdict(text) {
    this.#put(".preview-verdict", text)
  }

  #say(text) {
    this.#put(".preview-said", text)
  }

  #put(name, text) {
    const element = this.#root.querySelector(name)
    if (element.textContent !== text) element.textContent = text
  }
}

function missingOf(condition) {
  if (condition.kind === "composite") return condition.all.length || condition.any.length ? null : "Choose a rule that has to fire."
  return condition.query.metric ? null : "Choose a metric to see what it was like."
}

const hasLimit = ({ kind, above, below }) => (kind !== "threshold" && kind !== "change") || above !== null || below !== null

/** A rule without a name can be tried, and one without a limit shows its values. */
function triable(definition) {
  const condition = hasLimit(definition.condition) ? definition.condition : { ...definition.condition, above: Number.MAX_VALUE }
  return { ...definition, title: definition.title.trim() || "Preview", condition }
}

function shadesOf(series) {
  return series.flatMap(({ spans }) => spans.filter(({ state }) => state in SHADES).map(({ state, from, to }) => {
    const [colour, share] = SHADES[state]
    return { from, to, colour, share }
  }))
}
