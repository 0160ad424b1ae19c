// The page of alerts: what fires first, then what may, then the rules that are quiet. Rows stay the same elements.

import { arrange, fromTemplate } from "../notifications/row.js"
import { NOTHING, sections } from "./alert_filters.js"
import { fillAlert, fillRule, fillSilence, fillText } from "./alert_rows.js"
import { inOrder, isFiring } from "./watch.js"

const EMPTY = {
  none: ["Nothing is watched yet", "An alert says when a number is not as it should be: in the notifications, in a room, and here. Make the first one from what you measure."],
  narrow: ["Nothing like that", "No alert and no rule fits what you look for."],
}

export class AlertsView {
  #about
  #root = document.getElementById("alerts")
  #rows = new Map()
  #watch
  filters = NOTHING

  /** @param {{ watch: import("./watch.js").Watch, about: import("./alert_rows.js").About }} options */
  constructor({ watch, about }) {
    this.#watch = watch
    this.#about = about
  }

  /** Every row there is, from the top. */
  get rows() {
    return [...this.#root.querySelectorAll(".alert-row")].filter((row) => row.offsetParent)
  }

  draw() {
    const { alerts, rules, silences } = this.#watch
    const found = sections({ alerts, rules }, this.filters, this.#about.boardTitle)
    this.#fill("firing", inOrder(found.firing), "alert", fillAlert)
    this.#fill("waiting", inOrder(found.waiting), "alert", fillAlert)
    this.#fill("quiet", found.quiet, "rule", fillRule)
    this.#fill("silences", silences, "silence", fillSilence)
    this.#sayNothing(rules, Object.values(found).every((list) => list.length === 0))
    this.#say(alerts)
  }

  #fill(name, list, kind, fill) {
    const section = this.#root.querySelector(`[data-section=${name}]`)
    section.hidden = list.length === 0
    section.querySelector(".section-count").textContent = list.length
    arrange(section.querySelector(".alert-list"), list.map((one) => {
      const row = this.#row(`${kind} ${one.id}`, kind)
      fill(row, one, this.#about)
      return row
    }))
  }

  #row(key, kind) {
    if (!this.#rows.has(key)) this.#rows.set(key, fromTemplate(`${kind}-template`))
    return this.#rows.get(key)
  }

  #sayNothing(rules, isEmpty) {
    const place = this.#root.querySelector("#alerts-empty")
    place.hidden = !isEmpty
    const kind = rules.length ? "narrow" : "none"
    const [title, text] = EMPTY[kind]
    place.querySelector("h2").textContent = title
    place.querySelector("p").textContent = text
    for (const deed of place.querySelectorAll("[data-empty]")) deed.hidden = deed.dataset.empty !== kind
  }

  /** What stands above all of it, and is read out when it is another. */
  #say(alerts) {
    const firing = alerts.filter(isFiring)
    const open = firing.filter(({ acknowledged_by: by, silenced }) => !by && !silenced).length
    const text = firing.length === 0 ? "Nothing fires." : `${firing.length} firing, ${open} not acknowledged.`
    fillText(this.#root.querySelector("#alerts-said"), text)
  }
}
