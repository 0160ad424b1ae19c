// An alert in a message: how it stands now, whoever changes it and wherever, and the button that says "I take care of it".

import { times } from "../project/times.js"
import { alertAddress, beganAt, fillMark, momentText, SEVERITY_NAMES, STATE_NAMES } from "./alert_rows.js"
import { ask, seqOf } from "./api.js"
import { inWords } from "./durations.js"
import { LiveChart } from "./live_chart.js"
import { STREAM } from "./watch.js"

/** After an answer that did not come. */
const AGAIN_MS = 5000
/** How long it has been so is said anew so often. */
const SAY_MS = 10_000
/** What the server answers where there is no such alert. */
const GONE = 404
/** One that has been over for so long that nothing is known of it any more. */
const FORGOTTEN = { state: "ok", severity: "", silenced: false, why: "", acknowledged_by: null, since: "" }
const TO_ACKNOWLEDGE = ["firing", "recovering"]

export class LiveAlert {
  #alert = null
  #button
  #chart
  #element
  #id
  #incident
  #page
  #stop = null
  #timer = 0
  #turn = 0

  /** @param {HTMLElement} element @param {object} attachment  {alert, incident, board, title, seconds} @param {object} page  {live, now} */
  constructor(element, attachment, page) {
    this.#element = element
    this.#id = attachment.alert
    this.#incident = attachment.incident
    this.#page = page
    element.querySelector(".live-chart-title").href = alertAddress(this.#id)
    this.#chart = new LiveChart(element, attachment, page)
    this.#button = element.querySelector("[data-do=acknowledge]")
    this.#button.addEventListener("click", () => this.#acknowledge())
  }

  connect() {
    this.#chart.connect()
    this.#timer = setInterval(() => this.#draw(), SAY_MS)
    this.#load()
  }

  disconnect() {
    this.#turn += 1
    clearInterval(this.#timer)
    this.#stop?.()
    this.#chart.disconnect()
  }

  async #load() {
    const turn = (this.#turn += 1)
    try {
      const { alert, cursor } = await ask(`alerts/${this.#id}`)
      if (turn !== this.#turn) return
      this.#stop?.()
      this.#stop = this.#page.live.subscribe(STREAM, seqOf(cursor), {
        event: ({ type, data }) => type === "alert.changed" && data.id === this.#id && this.#show(data),
        reset: () => this.#load(),
      })
      this.#show(alert)
    } catch ({ status }) {
      if (turn !== this.#turn) return
      if (status === GONE) this.#show(FORGOTTEN)
      else setTimeout(() => turn === this.#turn && this.#load(), AGAIN_MS)
    }
  }

  #show(alert) {
    // What fires again is told of in a message of its own: to this one, it is over.
    this.#alert = alert.incident > this.#incident ? { ...alert, state: "ok", acknowledged_by: null, why: "" } : alert
    this.#draw()
  }

  #draw() {
    if (!this.#alert) return
    const { state, severity, silenced, why, acknowledged_by: by } = this.#alert
    const find = (name) => this.#element.querySelector(name)
    Object.assign(this.#element.dataset, { state, severity })
    fillMark(find(".live-alert-mark"), state, severity)
    fill(find(".live-alert-state"), [STATE_NAMES[state], state !== "ok" && SEVERITY_NAMES[severity], silenced && "silenced"].filter(Boolean).join(", "))
    const began = beganAt(this.#alert)
    const about = { times, now: this.#page.now }
    fill(find("time"), state === "ok" ? "" : `since ${momentText(began, about)}, for ${inWords(this.#page.now() - Date.parse(began) / 1000)}`)
    find("time").title = state === "ok" ? "" : times.full(began)
    this.#element.querySelector(".live-alert-words").title = why
    fill(find(".live-alert-taken"), by ? `${by.name} takes care of it` : "")
    this.#button.hidden = Boolean(by) || !TO_ACKNOWLEDGE.includes(state)
  }

  async #acknowledge() {
    this.#button.disabled = true
    try {
      this.#show(await this.#page.live.command("alert.acknowledge", { alert: this.#id }))
    } catch (error) {
      fill(this.#element.querySelector(".live-alert-taken"), error.message)
    }
    this.#button.disabled = false
  }
}

function fill(element, text) {
  if (element.textContent !== text) element.textContent = text
}
