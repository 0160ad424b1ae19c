// Starts the preferences: every change is saved as it is made, and taken back where it could not be. What is changed
// elsewhere shows here as well.

import { Push } from "./push.js"
import { fromTemplate } from "./row.js"
import { live, notifications } from "./site.js"
import { showWish } from "./wishes.js"

const { desktop, notices, sound } = notifications
const here = document.getElementById("here")
const push = new Push({ live, desktop, owner: notifications.owner, key: here.dataset.pushKey, name: here.dataset.name })
const heard = []
let saving = 0
let isSwitching = false
const field = (id) => document.getElementById(id)

document.addEventListener("change", ({ target }) => changed(target))
document.addEventListener("click", ({ target }) => pressed(target))
desktop.addEventListener("change", drawHere)
notifications.addEventListener("wish", ({ detail }) => (heard.push(detail), showHeard()))
await drawHere()

function changed(input) {
  const { kind, channel, topic, setting } = input.dataset
  const wanted = input.checked
  if (kind) save(input, "notification.prefer", { kind, channel, wanted })
  else if (topic) save(input, wanted ? "topic.follow" : "topic.unfollow", { topic })
  else if (input.id.startsWith("quiet")) saveQuiet(input)
  else if (setting) saveSetting(input, setting)
  else if (input.id === "desktop") switchDesktop(input)
  else if (input.id === "push") switchPush(input)
}

function saveSetting(input, name) {
  if (!input.reportValidity()) return
  const value = input.type === "checkbox" ? input.checked : input.value
  if (name === "sound") sound.wanted = value
  if (name === "sound" && value) sound.play()
  if (name === "digest") field("digest-time").hidden = value === "off"
  save(input, "notification.settings", { [name]: value })
}

function saveQuiet(input) {
  const isOn = field("quiet").checked
  const [from, until] = [field("quiet-from"), field("quiet-until")]
  field("quiet-times").hidden = !isOn
  if (isOn && !(from.reportValidity() && until.reportValidity())) return
  const times = isOn ? { quiet_from: from.value, quiet_until: until.value } : { quiet_from: null, quiet_until: null }
  save(input, "notification.settings", times)
}

async function save(input, name, data) {
  saving += 1
  try {
    await live.command(name, data)
    notices.say("Saved", null)
  } catch (error) {
    if (input.type === "checkbox") input.checked = !input.checked
    notices.complain(error)
  } finally {
    saving -= 1
    showHeard()
  }
}

/** Not while something is being saved: what was so before that would come back for a moment. */
function showHeard() {
  if (!saving) heard.splice(0).forEach(showWish)
}

// --- This device

async function switchDesktop(input) {
  if (input.checked) await desktop.turnOn()
  else desktop.turnOff()
}

async function switchPush(input) {
  isSwitching = true
  input.disabled = true
  try {
    const subscription = input.checked ? await push.turnOn() : await push.turnOff()
    if (input.checked) listDevice(subscription)
    else deviceRow(subscription)?.remove()
  } catch (error) {
    notices.complain(error.code ? error : new Error("This browser's push service did not answer. Try again later."))
  }
  isSwitching = false
  await drawHere()
}

function listDevice(subscription) {
  if (!subscription) return
  notices.say("Push is on for this browser", null)
  if (deviceRow(subscription)) return
  const row = fromTemplate("device-template")
  row.dataset.endpoint = subscription.endpoint
  row.querySelector(".device-name").textContent = here.dataset.name
  row.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${here.dataset.name}`)
  field("device-list").prepend(row)
}

function deviceRow(subscription) {
  return [...field("device-list").children].find((row) => row.dataset.endpoint === subscription?.endpoint)
}

async function drawHere() {
  const isDenied = desktop.permission === "denied"
  field("desktop").checked = desktop.isOn
  field("desktop").disabled = isDenied
  if (isDenied) field("desktop-text").textContent = refusal()
  const subscription = await push.subscription()
  if (!isSwitching) { // leave was given, but there is no subscription yet: it would go off for a moment, and a press turn it on again
    field("push").checked = Boolean(subscription)
    field("push").disabled = isDenied || !push.isPossible
  }
  if (!push.isPossible) field("push-text").textContent = "This browser takes no push from here: it needs HTTPS and a push service."
  for (const row of field("device-list").children) row.querySelector(".is-this").hidden = row !== deviceRow(subscription)
}

function refusal() {
  return desktop.isPossible
    ? "The browser was told not to show any. Its own settings for this site can change that."
    : "This browser shows none from here: it needs HTTPS."
}

// --- The lists

async function pressed(target) {
  const row = target.closest("li")
  const source = target.dataset.unmute
  if (source) await leave(row, "notification.unmute", { source })
  if (!target.matches("[data-remove]")) return
  const { endpoint } = row.dataset
  const subscription = await push.subscription()
  if (subscription?.endpoint === endpoint) await push.turnOff().then(() => row.remove(), notices.complain)
  else await leave(row, "device.remove", { endpoint })
  await drawHere()
}

/** Takes a row away once the server has done so. */
async function leave(row, name, data) {
  try {
    await live.command(name, data)
    row.remove()
  } catch (error) {
    notices.complain(error)
  }
}
