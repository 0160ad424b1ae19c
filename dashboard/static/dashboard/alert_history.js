// What happened to one alert: each change of its state, what was done about it, and the board at that time.

import { fromTemplate } from "../notifications/row.js"
import { readAlert, readAlertsOf, readHistory } from "./alert_api.js"
import { boardAt, fillMark, fillText, momentText, ruleAddress, STATE_NAMES, valueText } from "./alert_rows.js"
import { inWords } from "./durations.js"
import { labelsText } from "./label_text.js"
import { spansOf } from "./spans.js"

const DEEDS = { acknowledged: "takes care of it", unacknowledged: "no longer takes care of it", silenced: "Silenced", unsilenced: "No longer silenced" }

export class AlertHistory {
  #about
  #alert = null
  #changes = []
  #complain
  #dialog = document.getElementById("alert-history")
  #seen
  #turn = 0
  #which = this.#dialog.querySelector("select")

  /** @param {{ about: import("./alert_rows.js").About, complain: (error: Error) => void }} options */
  constructor({ about, complain }) {
    this.#about = about
    this.#complain = complain
    this.#which.addEventListener("change", () => this.open(Number(this.#which.value)))
    this.#dialog.querySelector("[data-more]").addEventListener("click", () => this.#more())
    this.#dialog.addEventListener("close", () => {
      this.#alert = null
      this.#turn += 1
    })
  }

  async open(id) {
    await this.#attempt(async () => this.#show(await readAlert(id)))
  }

  /** Of the one of its alerts that matters most. @returns {Promise<boolean>} whether it ever had one */
  async openRule(rule) {
    const [first] = await readAlertsOf(rule)
    if (first) await this.#show(first)
    return Boolean(first)
  }

  /** Something has changed, perhaps about this one. */
  async refresh() {
    const { id } = this.#alert ?? {}
    if (!id || this.#about.watch.alert(id) === this.#seen) return
    const turn = this.#turn
    await this.#attempt(async () => {
      const alert = await readAlert(id)
      if (turn === this.#turn) await this.#show(alert)
    })
  }

  async #show(alert) {
    const turn = (this.#turn += 1)
    this.#seen = this.#about.watch.alert(alert.id)
    const [others, { changes, has_more: hasMore }] = await Promise.all([readAlertsOf(alert.rule), readHistory(alert.id)])
    if (turn !== this.#turn) return
    this.#alert = alert
    this.#changes = changes
    this.#offer(others)
    this.#draw(hasMore)
    if (!this.#dialog.open) this.#dialog.showModal()
  }

  #offer(others) {
    this.#which.closest("label").hidden = others.length < 2
    this.#which.replaceChildren(...others.map(({ id, labels, state }) =>
      Object.assign(document.createElement("option"), { value: id, textContent: `${labelsText(labels) || "all of it"} · ${STATE_NAMES[state]}` })))
    this.#which.value = this.#alert.id
  }

  #draw(hasMore) {
    const { title, labels, rule, board, since } = this.#alert
    const heading = this.#dialog.querySelector("h2")
    heading.textContent = [title, this.#which.closest("label").hidden ? labelsText(labels) : ""].filter(Boolean).join(", ")
    this.#dialog.querySelector("[data-rule]").href = ruleAddress(rule)
    this.#dialog.querySelector("[data-board]").href = boardAt(board, Date.parse(since) / 1000, Math.min(this.#about.now(), Date.parse(since) / 1000 + 3600))
    this.#dialog.querySelector("[data-more]").hidden = !hasMore
    const spans = spansOf(this.#changes, this.#about.now())
    this.#drawBar(spans)
    this.#dialog.querySelector(".history-list").replaceChildren(...this.#changes.map((change) => this.#item(change, spans)))
  }

  /** How its states followed one another. */
  #drawBar(spans) {
    const bar = this.#dialog.querySelector(".history-bar")
    const [first] = spans
    bar.parentElement.querySelector(".history-ends").hidden = bar.hidden = !first
    if (!first) return
    const from = first.from
    const whole = Math.max(1, this.#about.now() - from)
    bar.replaceChildren(...spans.map((span) => {
      const piece = document.createElement("i")
      piece.dataset.state = span.state
      piece.style.setProperty("--share", `${((span.to - span.from) / whole) * 100}%`)
      piece.title = `${STATE_NAMES[span.state]}, ${inWords(span.to - span.from)}`
      return piece
    }))
    const fired = spans.filter(({ state }) => state === "firing")
    bar.setAttribute("aria-label", `Fired for ${inWords(fired.reduce((sum, one) => sum + one.to - one.from, 0))} in ${inWords(whole)}`)
    const [start, end] = bar.parentElement.querySelectorAll(".history-ends > span")
    start.textContent = momentText(new Date(from * 1000).toISOString(), this.#about)
    end.textContent = "now"
  }

  #item(change, spans) {
    const { at, kind, state, why, actor } = change
    const item = fromTemplate("change-template")
    const part = (name) => item.querySelector(name)
    const words = DEEDS[kind]
    const moment = Date.parse(at) / 1000
    const span = kind === "state" ? spans.find((one) => one.from === moment && one.state === state) : null
    Object.assign(item.dataset, { state: kind === "state" ? state : "", severity: this.#alert.severity })
    if (words) fillMark(part(".alert-mark"), kind, "")
    else fillMark(part(".alert-mark"), state, this.#alert.severity)
    part(".change-state").textContent = kind === "state" ? STATE_NAMES[state] : kind.endsWith("silenced") ? words : `${actor?.name ?? "Somebody"} ${words}`
    fillText(part(".change-value"), kind === "state" && state !== "ok" ? valueText({ ...change, rule: this.#alert.rule }, this.#about) : "")
    fillText(part(".change-why"), kind === "state" ? why : "")
    part("time").textContent = momentText(at, this.#about)
    part("time").title = this.#about.times.full(at)
    part("time").setAttribute("datetime", at)
    fillText(part(".change-length"), span && state !== "ok" ? `for ${inWords(span.to - span.from)}` : "")
    part("a").href = boardAt(this.#alert.board, moment, span && state === "firing" ? span.to : moment)
    return item
  }

  async #more() {
    await this.#attempt(async () => {
      const { changes, has_more: hasMore } = await readHistory(this.#alert.id, this.#changes.at(-1).id)
      this.#changes = [...this.#changes, ...changes]
      this.#draw(hasMore)
    })
  }

  async #attempt(work) {
    try {
      await work()
    } catch (error) {
      this.#complain(error)
    }
  }
}
