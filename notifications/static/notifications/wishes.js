// Shows in the preferences what was chosen elsewhere: in another tab, on another device, by a link in a mail.

import { fromTemplate } from "./row.js"

const field = (id) => document.getElementById(id)

const SHOW = {
  "settings.changed": showSettings,
  "preference.changed": ({ kind, channel, wanted }) => check(`[data-kind="${kind}"][data-channel="${channel}"]`, wanted),
  "subscription.changed": ({ topic, follows }) => check(`[data-topic="${topic}"]`, follows),
  "mute.changed": showMute,
}

/** An item of the person's inbox stream; of most there is nothing to see here. */
export function showWish({ type, data }) {
  SHOW[type]?.(data)
}

function check(selector, isOn) {
  const input = document.querySelector(selector)
  if (input) input.checked = isOn
}

function showSettings({ quiet_from: from, quiet_until: until, digest, digest_at: at, sound }) {
  field("quiet").checked = Boolean(from)
  field("quiet-times").hidden = !from
  if (from) [field("quiet-from").value, field("quiet-until").value] = [from, until]
  field("digest").value = digest
  field("digest-time").hidden = digest === "off"
  field("digest-at").value = at
  field("sound").checked = sound
}

function showMute({ source, source_name: name, muted }) {
  const list = field("mute-list")
  const row = list.querySelector(`[data-unmute="${source}"]`)?.closest("li")
  if (!muted) return row?.remove()
  if (row) return
  const made = fromTemplate("mute-template")
  const button = made.querySelector("[data-unmute]")
  made.querySelector("b").textContent = name || source
  button.dataset.unmute = source
  button.setAttribute("aria-label", `Unmute ${name || source}`)
  list.append(made)
}
