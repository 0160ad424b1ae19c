// The form of a rule, and the definition that it says.

import { labelsOf } from "./label_text.js"
import { fillLength, readLength } from "./length_field.js"
import { MuteFields } from "./mute_fields.js"
import { PeopleField } from "./people_field.js"
import { fillQuery, fitQuery, readQuery, suitQuery } from "./query_fields.js"
import { asKind } from "./rule_draft.js"
import { RuleParts } from "./rule_parts.js"
import { unitOf } from "./rule_words.js"

const TEXTS = ["title", "description", "board", "severity", "no_data", "on_error", "group"]
const LENGTHS = ["for", "keep_firing", "every", "group_wait"]
const SIGNS = { percent: "%", ratio: "(a ratio: 1 is 100 %)" }
const BOUNDED = ["threshold", "change"]
const words = (text) => text.split(",").map((word) => word.trim()).filter(Boolean)
const numberOf = (field) => (field.value.trim() === "" ? null : Number(field.value))

export class RuleFields {
  #condition = null
  #form
  #mutes
  #parts
  #people
  #query

  /**
   * @param {HTMLFormElement} form
   * @param {{ rules: object[], people: object[], metrics: import("./rule_words.js").Metrics }} known  rules that a combination may be made of; people to be named
   * @param {() => void} changed
   */
  constructor(form, { rules, people, metrics }, changed) {
    this.#form = form
    this.#query = form.querySelector(".query")
    this.#query.querySelector("[data-form=drop]").hidden = true
    this.#query.querySelector("[data-field=legend]").closest("label").hidden = true
    this.#parts = new RuleParts(form.querySelector(".rule-rules"), rules)
    this.#mutes = new MuteFields(form, changed)
    this.#people = new PeopleField(form.querySelector(".followers").closest("fieldset"), people, changed)
    form.addEventListener("input", ({ target }) => {
      suitQuery(this.#query, target, (metric) => metrics[metric]?.kind)
      this.#fit()
      changed()
    })
  }

  fill(rule) {
    for (const name of TEXTS) this.#field(name).value = rule[name]
    for (const name of LENGTHS) fillLength(this.#length(name), rule[name])
    this.#field("enabled").checked = rule.enabled
    this.#fillRoom(rule.room)
    this.#people.fill(rule.followers.people)
    for (const box of this.#topics) box.checked = rule.followers.topics.includes(box.value)
    this.#mutes.fill(rule.mute_times)
    this.#field("by").value = rule.group_by.join(", ")
    fillQuery(this.#query, { ...rule.condition.query, by: rule.group_by })
    this.#fillCondition(rule.condition)
  }

  /** @throws {Error} for labels that cannot be read */
  read() {
    const condition = this.#readCondition()
    const query = condition.kind === "composite" ? { by: words(this.#field("by").value) } : readQuery(this.#query, labelsOf)
    return {
      ...Object.fromEntries(TEXTS.map((name) => [name, this.#field(name).value])),
      ...Object.fromEntries(LENGTHS.map((name) => [name, readLength(this.#length(name))])),
      enabled: this.#field("enabled").checked,
      room: this.#field("room").value ? Number(this.#field("room").value) : null,
      followers: { topics: this.#topics.filter(({ checked }) => checked).map(({ value }) => value), people: this.#people.read() },
      mute_times: this.#mutes.read(),
      group_by: query.by,
      condition: condition.kind === "composite" ? condition : { ...condition, query: ungrouped(query) },
    }
  }

  /** What a value is measured in, beside each field that holds one. */
  showUnit(metrics) {
    let unit = ""
    try {
      unit = unitOf(this.read().condition, metrics)
    } catch {
      // Labels that cannot be read yet: the unit is known again with the next letter.
    }
    const isAnomaly = this.#condition.kind === "anomaly"
    for (const element of this.#form.querySelectorAll(".rule-unit")) {
      const isRecover = element.previousElementSibling.name === "recover"
      element.textContent = isAnomaly && isRecover ? "deviations" : SIGNS[unit] ?? unit
    }
  }

  #field(name) {
    return this.#form.elements.namedItem(name)
  }

  #length(name) {
    return this.#form.querySelector(`[data-length=${name}]`)
  }

  get #topics() {
    return [...this.#form.querySelectorAll("[name=topics]")]
  }

  /** Somebody else may have chosen a room that is not for everybody. */
  #fillRoom(room) {
    const field = this.#field("room")
    if (room !== null && ![...field.options].some(({ value }) => value === String(room))) field.append(new Option("A room that you are not in", room))
    field.value = room ?? ""
  }

  #fillCondition(condition) {
    this.#condition = condition
    const { kind } = condition
    this.#field("kind").value = kind
    this.#parts.fill(condition)
    if (kind !== "composite") fillLength(this.#length("over"), condition.over)
    if (BOUNDED.includes(kind)) {
      const isAbove = condition.below === null || condition.below === undefined
      const sign = kind === "change" && !isAbove ? -1 : 1
      const shown = (value) => (value === null || value === undefined ? "" : sign * value)
      this.#field("way").value = isAbove ? "above" : "below"
      this.#field("bound").value = shown(isAbove ? condition.above : condition.below)
      this.#field("recover").value = shown(condition.recover)
    }
    if (kind === "change") {
      fillLength(this.#length("window"), condition.window)
      this.#field("percent").value = condition.percent ? "1" : ""
    }
    if (kind === "anomaly") for (const name of ["deviations", "direction", "weeks", "least", "recover"]) this.#field(name).value = condition[name] ?? ""
    this.#fit()
  }

  #readCondition() {
    const { kind } = this.#condition
    if (kind === "composite") return { kind, ...this.#parts.read() }
    const asking = { kind, query: null, over: readLength(this.#length("over")) }
    if (kind === "no_data") return asking
    if (kind === "anomaly") {
      const numbers = Object.fromEntries(["deviations", "weeks", "least", "recover"].map((name) => [name, numberOf(this.#field(name))]))
      return { ...asking, ...numbers, direction: this.#field("direction").value }
    }
    const isAbove = this.#field("way").value === "above"
    const signed = (value) => (value !== null && kind === "change" && !isAbove ? -value : value)
    const bound = signed(numberOf(this.#field("bound")))
    const bounds = { above: isAbove ? bound : null, below: isAbove ? null : bound, recover: signed(numberOf(this.#field("recover"))) }
    if (kind === "threshold") return { ...asking, ...bounds }
    return { ...asking, ...bounds, window: readLength(this.#length("window")), percent: this.#field("percent").value === "1" }
  }

  /** Only what the kind of condition needs is there. */
  #fit() {
    const kind = this.#field("kind").value
    if (kind !== this.#condition.kind) return this.#fillCondition(asKind(kind, { ...this.#readCondition(), query: {} }))
    for (const element of this.#form.querySelectorAll("[data-for]")) element.hidden = !element.dataset.for.split(" ").includes(kind)
    for (const option of this.#field("way").options) option.textContent = option.dataset[kind] ?? option.textContent
    fitQuery(this.#query)
  }
}

/** The rule's own grouping puts both parts of it together, and it has no name but the rule's. */
function ungrouped({ by, legend, ...query }) {
  if (!query.ratio_to) return query
  const { legend: none, ...other } = query.ratio_to
  return { ...query, ratio_to: other }
}
