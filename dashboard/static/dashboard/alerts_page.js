// Starts the page of alerts: its rows, filters, keys, and what is done about them.

import { meaning } from "./alert_keys.js"
import { alertAddress, ruleAddress } from "./alert_rows.js"
import { readWatch } from "./alert_api.js"
import { AlertDeeds } from "./alert_deeds.js"
import { NOTHING, queryOf, readFilters } from "./alert_filters.js"
import { AlertHistory } from "./alert_history.js"
import { AlertsView } from "./alerts_view.js"
import { live, notifications } from "../notifications/site.js"
import { times } from "../project/times.js"
import { LocalTimes } from "./local_times.js"
import { SilenceForm } from "./silence_form.js"
import { Watch } from "./watch.js"

/** How long something has been going on is said in minutes. */
const AGES_MS = 10_000

const page = JSON.parse(document.getElementById("page-data").textContent)
const root = document.getElementById("alerts")
const filters = document.getElementById("filters")
const ahead = page.now - Date.now() / 1000
const now = () => Date.now() / 1000 + ahead
const tell = notifications.notices

const watch = new Watch({ live, now, read: readWatch })
const about = {
  times, now, watch, metrics: page.metrics,
  boardTitle: (slug) => page.boards[slug] ?? slug,
  ruleTitle: (id) => watch.rule(id)?.title ?? "A rule that is gone",
}
const view = new AlertsView({ watch, about })
const deeds = new AlertDeeds({ watch, live, tell, me: page.me })
const history = new AlertHistory({ about, complain: tell.complain })
const silences = new SilenceForm({ about, local: new LocalTimes(), silence: (wanted, words) => deeds.silence(wanted, words) })

const DEEDS = {
  acknowledge: ({ alert }) => deeds.acknowledge(Number(alert)),
  silence: ({ alert, rule }) => silences.open({ rule: Number(rule), labels: alert ? watch.alert(Number(alert)).labels : {} }),
  history: ({ alert, rule }) => (alert ? openHistory(Number(alert)) : openRule(Number(rule))),
  rule: ({ rule }) => location.assign(ruleAddress(rule)),
  end: ({ silence }) => deeds.end(watch.silences.find(({ id }) => id === Number(silence))),
}
const KEYS = {
  next: () => go(1),
  previous: () => go(-1),
  new: () => location.assign(ruleAddress("new")),
  search: () => filters.elements.q.focus(),
  help: () => document.getElementById("keys").showModal(),
}

watch.addEventListener("change", () => {
  view.draw()
  history.refresh()
})
root.addEventListener("click", pressed)
filters.addEventListener("submit", (event) => event.preventDefault())
filters.addEventListener("input", () => narrow({ ...view.filters, board: filters.elements.board.value, q: filters.elements.q.value.trim() }))
filters.addEventListener("click", ({ target }) => target.name === "state" && narrow({ ...view.filters, state: target.value }))
root.querySelector("[data-empty=narrow]").addEventListener("click", () => narrow(NOTHING))
root.querySelector("[data-silence-new]").addEventListener("click", () => silences.open())
root.querySelector("[data-open-keys]").addEventListener("click", KEYS.help)
document.addEventListener("click", ({ target }) => target.closest("[data-close]")?.closest("dialog")?.close())
document.getElementById("alert-history").addEventListener("close", () => address({ push: false }))
document.addEventListener("keydown", (event) => {
  const name = document.querySelector("dialog[open], :popover-open") ? null : meaning(event)
  if (!name) return
  const row = document.activeElement.closest(".alert-row")
  if (!KEYS[name] && !row?.querySelector(`[data-do=${name}]:not([hidden])`)) return
  event.preventDefault()
  ;(KEYS[name] ?? DEEDS[name])(row?.dataset)
})
addEventListener("popstate", () => show(readFilters(location.search)))
setInterval(() => view.draw(), AGES_MS)

watch.connect(page.watch)
show(readFilters(location.search))
root.removeAttribute("aria-busy")

// --- What is shown

function show(chosen) {
  view.filters = chosen
  for (const button of filters.querySelectorAll("[name=state]")) button.setAttribute("aria-pressed", String(button.value === chosen.state))
  filters.elements.board.value = chosen.board
  if (filters.elements.q.value.trim() !== chosen.q) filters.elements.q.value = chosen.q
  view.draw()
  const alert = Number(new URLSearchParams(location.search).get("alert"))
  if (alert) history.open(alert)
}

function narrow(chosen) {
  view.filters = chosen
  address({ push: true })
  show(chosen)
}

function address({ push }) {
  const wanted = location.pathname + queryOf(view.filters)
  if (push) window.history.pushState(null, "", wanted)
  else window.history.replaceState(null, "", wanted)
}

function go(step) {
  const { rows } = view
  const place = rows.indexOf(document.activeElement.closest(".alert-row"))
  rows[Math.min(rows.length - 1, Math.max(0, place + step))]?.focus()
}

// --- What is done

function pressed(event) {
  const row = event.target.closest(".alert-row")
  const deed = event.target.closest("[data-do]")
  const isLink = event.target.closest("a")
  const isAway = event.ctrlKey || event.metaKey || event.shiftKey
  if (row?.dataset.alert && isLink?.matches(".alert-link") && !isAway) {
    event.preventDefault()
    return openHistory(Number(row.dataset.alert))
  }
  if (deed && !isLink) DEEDS[deed.dataset.do](row.dataset)
}

function openHistory(id) {
  window.history.replaceState(null, "", alertAddress(id))
  return history.open(id)
}

async function openRule(id) {
  try {
    if (!(await history.openRule(id))) tell.say("This rule has never had anything to say.", null)
  } catch (error) {
    tell.complain(error)
  }
}
