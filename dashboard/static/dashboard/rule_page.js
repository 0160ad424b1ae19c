// Starts the editor of a rule: its form, what it would have done, and what becomes of it.

import { readRule, readRuleVersions } from "./alert_api.js"
import { live, notifications } from "../notifications/site.js"
import { seqOf } from "./api.js"
import { fieldsOf } from "./diff.js"
import { JsonDialog } from "./json_dialog.js"
import { LocalTimes } from "./local_times.js"
import { openBeside, withArrows } from "./menus.js"
import { listMetrics } from "./metric_names.js"
import { beginning, definitionOf, fromJson, toJson } from "./rule_draft.js"
import { RuleErrors } from "./rule_errors.js"
import { RuleFields } from "./rule_fields.js"
import { RulePreview } from "./rule_preview.js"
import { fillSentence } from "./rule_words.js"
import { usualHours } from "./usual.js"
import { Versions } from "./versions.js"
import { STREAM } from "./watch.js"

const page = JSON.parse(document.getElementById("page-data").textContent)
const form = document.getElementById("rule")
const menu = document.getElementById("rule-menu")
const conflict = form.querySelector(".rule-conflict")
const save = form.querySelector("[data-save]")
const ahead = page.now - Date.now() / 1000
const now = () => Date.now() / 1000 + ahead
const times = new LocalTimes()
const tell = notifications.notices
const { rule } = page
const isPart = ({ id, condition }) => condition.kind !== "composite" && id !== rule?.id
const about = { metrics: page.metrics, ruleTitle: (id) => page.rules.find((one) => one.id === id)?.title ?? "a rule that is gone" }

const fields = new RuleFields(form, { rules: page.rules.filter(isPart), people: page.people, metrics: page.metrics }, changed)
const errors = new RuleErrors(form)
const preview = new RulePreview(form.querySelector(".rule-preview"), { live, times, now, metrics: page.metrics, refused })
let version = rule?.version ?? null
let saved = ""
let isSaving = false
/** What was wrong when it was to be saved is shown until something is changed. */
let isRefused = false

const json = new JsonDialog(document.getElementById("rule-json"), { name: "rule.json", read: () => toJson(fields.read()), take: (text) => take(fromJson(text)) })
const versions = rule && new Versions({
  times, tell, made: "The rule was made.", now: rule.version,
  read: () => readRuleVersions(rule.id),
  diff: (before, after) => {
    const found = fieldsOf(flat(before.definition), flat(after.definition))
    return found.length ? [{ kind: "changed", title: "", fields: found }] : []
  },
  restore: async ({ definition }) => {
    document.getElementById("versions").close()
    take(definition)
  },
})
const DEEDS = {
  json: () => json.open(),
  versions: () => versions.open(),
  delete: () => document.getElementById("rule-delete").showModal(),
}

withArrows(menu)
form.querySelector("[data-rule-menu]").addEventListener("click", ({ currentTarget }) => openBeside(menu, currentTarget))
menu.addEventListener("click", ({ target }) => {
  const deed = DEEDS[target.closest("[data-do]")?.dataset.do]
  if (!deed) return
  menu.hidePopover()
  deed()
})
document.addEventListener("click", ({ target }) => target.closest("[data-close]")?.closest("dialog")?.close())
document.getElementById("rule-delete")?.addEventListener("close", ({ target }) => target.returnValue === "yes" && remove())
form.addEventListener("submit", submit)
addEventListener("beforeunload", (event) => isChanged() && !isSaving && event.preventDefault())
if (rule) live.subscribe(STREAM, seqOf(page.cursor), { event: ({ type, data }) => type === "rule.changed" && data.id === rule.id && heard(data) })

fields.fill(page.like ? definitionOf(page.like) : rule ? definitionOf(rule) : beginning(page.from))
saved = said()
changed()
listMetrics()

/** What the form says; nothing where it cannot be read yet. */
function said() {
  try {
    return toJson(fields.read())
  } catch {
    return null
  }
}

function isChanged() {
  return said() !== saved
}

function take(definition) {
  fields.fill(definition)
  changed()
}

/** What trying it says of the form. */
function refused(error) {
  if (isRefused) return
  if (error) errors.show(error)
  else errors.clear()
}

function changed() {
  isRefused = false
  errors.clear()
  fields.showUnit(page.metrics)
  form.querySelector(".rule-state").textContent = isChanged() ? "Not saved yet" : rule?.error ?? ""
  try {
    const definition = fields.read()
    fillSentence(form.querySelector(".rule-sentence"), definition, about)
    if (definition.condition.kind === "anomaly") form.querySelector("[data-usual-hours]").textContent = usualHours(definition.condition.weeks, now(), times)
    preview.show(definition)
  } catch (error) {
    form.querySelector(".rule-sentence").textContent = error.message
  }
}

async function submit(event) {
  event.preventDefault()
  isSaving = save.disabled = true
  try {
    const definition = fields.read()
    if (rule) await live.command("rule.update", { rule: rule.id, definition, version })
    else await live.command("rule.create", { definition })
    location.assign("/dashboard/alerts/")
  } catch (error) {
    isSaving = save.disabled = false
    if (error.code === "conflict" && error.fields?.version) return heard(await readRule(rule.id))
    isRefused = true
    const elsewhere = errors.show(error)
    if (elsewhere.length) tell.complain({ code: error.code, message: elsewhere[0] })
    errors.focus()
  }
}

/** Somebody else has changed it, or taken it away. */
function heard(data) {
  if (isSaving || data.version <= version) return
  conflict.hidden = false
  if (data.deleted) {
    conflict.textContent = "Somebody has deleted this rule. What is in the form can be kept as a new one: export it, and import it there."
    save.disabled = true
    return
  }
  const button = (textContent, deed) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent })
    made.addEventListener("click", () => {
      version = data.version
      conflict.hidden = true
      deed()
    })
    return made
  }
  conflict.replaceChildren("Somebody has changed this rule in the meantime. ", button("Take theirs", () => {
    saved = toJson(definitionOf(data))
    take(definitionOf(data))
    saved = said()
    changed()
  }), " ", button("Keep mine", () => {}))
}

async function remove() {
  try {
    isSaving = true
    await live.command("rule.delete", { rule: rule.id })
    location.assign("/dashboard/alerts/")
  } catch (error) {
    isSaving = false
    tell.complain(error)
  }
}

/** The parts of the condition beside the others, so that a change names what it changed. */
function flat({ condition, ...rest }) {
  return { ...rest, ...Object.fromEntries(Object.entries(condition).map(([name, value]) => [name === "kind" ? "kind of condition" : name, value])) }
}
