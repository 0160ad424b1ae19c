// Alerts on a board: above its panels what fires here, and on each panel whether a rule watches it, and how that stands.

import { arrange, fromTemplate } from "../notifications/row.js"
import { times } from "../project/times.js"
import { readWatch } from "./alert_api.js"
import { AlertDeeds } from "./alert_deeds.js"
import { alertAddress, fillAlert, fillMark, named, ruleAddress, STATE_NAMES } from "./alert_rows.js"
import { marksFor, watching, worst } from "./panel_rules.js"
import { inOrder, Watch } from "./watch.js"

/** A board is for its panels: more than so many alerts are on the page of alerts. */
const SHOWN_MAX = 3
const AGES_MS = 10_000

export class BoardAlerts {
  #about
  #board
  #deeds
  #page
  #rows = new Map()
  #strip = document.getElementById("alert-strip")
  #watch

  /**
   * @param {{ board: import("./board.js").Board, grid: HTMLElement, page: object, live: object, now: () => number,
   *   tell: { say: Function, complain: Function } }} options
   */
  constructor({ board, grid, page, live, now, tell }) {
    this.#board = board
    this.#page = page
    this.#watch = new Watch({ live, now, read: readWatch })
    this.#about = { times, now, watch: this.#watch, metrics: page.metrics, boardTitle: (slug) => slug, ruleTitle: (id) => this.#watch.rule(id)?.title ?? "" }
    this.#deeds = new AlertDeeds({ watch: this.#watch, live, tell, me: page.me })
    this.#watch.addEventListener("change", () => this.#draw())
    board.addEventListener("loaded", () => this.#drawPanels())
    this.#strip.addEventListener("click", ({ target }) => {
      const row = target.closest("[data-do=acknowledge]")?.closest(".alert-row")
      if (row) this.#deeds.acknowledge(Number(row.dataset.alert))
    })
    this.#offerRules(grid)
  }

  connect() {
    this.#watch.connect(this.#page.watch)
    setInterval(() => this.#drawStrip(), AGES_MS)
  }

  #draw() {
    this.#drawStrip()
    this.#drawPanels()
  }

  #drawStrip() {
    const { slug } = this.#page.board
    const inState = (wanted) => inOrder(this.#watch.alerts.filter(({ board, state }) => board === slug && state === wanted))
    const here = [...inState("firing"), ...inState("recovering")]
    this.#strip.hidden = here.length === 0
    arrange(this.#strip.querySelector(".alert-list"), here.slice(0, SHOWN_MAX).map((alert) => {
      const row = this.#row(alert.id)
      fillAlert(row, alert, this.#about)
      return row
    }))
    const more = this.#strip.querySelector(".alert-strip-more")
    more.hidden = here.length <= SHOWN_MAX
    more.textContent = `${here.length - SHOWN_MAX} more`
  }

  #row(id) {
    if (!this.#rows.has(id)) this.#rows.set(id, fromTemplate("alert-template"))
    return this.#rows.get(id)
  }

  #drawPanels() {
    const { alerts, rules } = this.#watch
    for (const panel of this.#board.panels) {
      const element = document.getElementById(`panel-${panel.panel.id}`)
      const found = watching(rules, panel.panel)
      panel.mark(marksFor(found, panel.panel, this.#page.metrics))
      if (element) this.#drawState(element, found, worst(found, alerts))
    }
  }

  /** Beside a panel's name: what fires, or that it is watched. */
  #drawState(element, rules, alert) {
    const old = element.querySelector(".panel-alert")
    if (!rules.length) return old?.remove()
    const sign = old ?? fromTemplate("panel-alert-template")
    const state = alert?.state ?? "ok"
    Object.assign(sign.dataset, { state, severity: alert?.severity ?? "" })
    sign.href = alert ? alertAddress(alert.id) : ruleAddress(rules[0].id)
    sign.title = alert ? `${STATE_NAMES[state]}: ${named(alert)}` : `Watched: ${rules.map(({ title }) => title).join(", ")}`
    sign.setAttribute("aria-label", sign.title)
    sign.querySelector(".panel-alert-words").textContent = alert ? STATE_NAMES[state] : ""
    fillMark(sign.querySelector(".panel-alert-mark"), alert ? state : "watched", alert?.severity)
    if (!old) element.querySelector(".panel-head > h2").after(sign)
  }

  /** In the menu of each panel that measures something. */
  #offerRules(grid) {
    const menu = document.getElementById("panel-menu")
    const item = fromTemplate("panel-alert-item")
    menu.querySelector(".legend-orders").before(item)
    grid.addEventListener("click", ({ target }) => {
      const { panel } = target.closest("[data-panel-menu]")?.closest(".panel").dataset ?? {}
      if (!panel) return
      const shown = this.#board.panels.find((one) => one.panel.id === panel)
      item.hidden = !shown?.panel.queries?.length
      item.href = `${ruleAddress("new")}?${new URLSearchParams({ board: this.#page.board.slug, panel })}`
    }, { capture: true })
  }
}
