// What is watched: rules, the alerts that they raise, and silences, as a snapshot said them and every event since.

import { seqOf } from "./api.js"

export const STREAM = "alerts.all"
/** After a snapshot that did not come. */
const AGAIN_MS = 5000

/** Which come first: those that matter most. */
export const SEVERITIES = ["critical", "warning", "info"]

export const isActive = ({ state }) => state !== "ok"
export const isFiring = ({ state }) => state === "firing"

/** Fires `change` whenever something of it is different. The same event twice is as good as once. */
export class Watch extends EventTarget {
  #alerts = new Map()
  #live
  #now
  #read
  #rules = new Map()
  #silences = new Map()
  #stop = null
  #turn = 0

  /**
   * @param {object} options
   * @param {{ subscribe: Function }} options.live
   * @param {() => number} options.now  the server's time, in seconds
   * @param {() => Promise<object>} options.read  a snapshot, as `connect` takes one
   */
  constructor({ live, now, read }) {
    super()
    this.#live = live
    this.#now = now
    this.#read = read
  }

  get alerts() {
    return [...this.#alerts.values()]
  }

  /** By title. */
  get rules() {
    return [...this.#rules.values()].sort((a, b) => a.title.localeCompare(b.title, undefined, { numeric: true }))
  }

  /** Those that hold, the one that ends first first. */
  get silences() {
    const now = this.#now() * 1000
    return [...this.#silences.values()].filter(({ until }) => Date.parse(until) > now).sort((a, b) => Date.parse(a.until) - Date.parse(b.until))
  }

  alert(id) {
    return this.#alerts.get(id)
  }

  rule(id) {
    return this.#rules.get(id)
  }

  /** @param {{ alerts: object[], rules: object[], silences: object[], cursor: string }} snapshot */
  connect({ alerts, rules, silences, cursor }) {
    this.#stop?.()
    this.#alerts = byId(alerts)
    this.#rules = byId(rules)
    this.#silences = byId(silences)
    this.#stop = this.#live.subscribe(STREAM, seqOf(cursor), {
      event: (item) => this.#heard(item),
      reset: () => this.load(),
    })
    this.#changed()
  }

  disconnect() {
    this.#turn += 1
    this.#stop?.()
    this.#stop = null
  }

  /** Everything anew, from the server. */
  async load() {
    const turn = (this.#turn += 1)
    try {
      const snapshot = await this.#read()
      if (turn === this.#turn) this.connect(snapshot)
    } catch {
      setTimeout(() => turn === this.#turn && this.load(), AGAIN_MS)
    }
  }

  /**
   * Shows what was asked for before the server has said so.
   * @returns {() => void} takes that back, unless something else was heard in the meantime
   */
  assume(id, change) {
    const before = this.#alerts.get(id)
    const assumed = { ...before, ...change }
    this.#alerts.set(id, assumed)
    this.#changed()
    return () => {
      if (this.#alerts.get(id) !== assumed) return
      this.#alerts.set(id, before)
      this.#changed()
    }
  }

  #heard({ type, data }) {
    const apply = { "alert.changed": () => this.#alert(data), "rule.changed": () => this.#rule(data), "silence.changed": () => this.#silence(data) }[type]
    if (!apply) return this.dispatchEvent(new CustomEvent(type, { detail: data }))
    apply()
    this.#changed()
  }

  #alert(alert) {
    if (alert.state === "ok") this.#alerts.delete(alert.id)
    else this.#alerts.set(alert.id, alert)
  }

  #rule(rule) {
    if (rule.deleted) this.#rules.delete(rule.id)
    else this.#rules.set(rule.id, rule)
  }

  #silence(silence) {
    if (silence.ended_at) this.#silences.delete(silence.id)
    else this.#silences.set(silence.id, silence)
  }

  #changed() {
    this.dispatchEvent(new Event("change"))
  }
}

const byId = (list) => new Map(list.map((one) => [one.id, one]))

/** In the order in which somebody should look at them: the worst, of these those nobody has taken on, of these the newest. */
export function inOrder(alerts) {
  const rank = ({ silenced, severity, acknowledged_by: by }) => [Number(silenced), SEVERITIES.indexOf(severity), Number(Boolean(by))]
  return alerts.toSorted((a, b) => {
    const [first, second] = [rank(a), rank(b)]
    const place = first.findIndex((number, index) => number !== second[index])
    return place >= 0 ? first[place] - second[place] : b.since.localeCompare(a.since) || a.id - b.id
  })
}
