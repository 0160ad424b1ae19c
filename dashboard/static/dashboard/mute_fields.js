// The times of the week at which nobody is told: a row each.

import { fromTemplate } from "../notifications/row.js"

const WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]

export class MuteFields {
  #list
  #zone

  /** @param {HTMLElement} root @param {() => void} changed @param {string} [zone]  of what is added */
  constructor(root, changed, zone = new Intl.DateTimeFormat().resolvedOptions().timeZone) {
    this.#list = root.querySelector(".mutes")
    this.#zone = zone
    root.addEventListener("click", ({ target }) => {
      const deed = target.closest("[data-mute]")?.dataset.mute
      if (deed === "add") this.#add({ days: WORKDAYS, from: "22:00", until: "06:00", zone: this.#zone }).querySelector("input").focus()
      if (deed === "drop") target.closest(".mute").remove()
      if (deed) changed()
    })
  }

  fill(times) {
    this.#list.replaceChildren()
    for (const time of times) this.#add(time)
  }

  read() {
    return [...this.#list.children].map((row) => ({
      days: [...row.querySelectorAll("fieldset input:checked")].map(({ value }) => value),
      from: row.querySelector("[data-from]").value,
      until: row.querySelector("[data-until]").value,
      zone: row.dataset.zone,
    }))
  }

  #add({ days, from, until, zone }) {
    const row = this.#list.appendChild(fromTemplate("mute-template"))
    row.dataset.zone = zone
    for (const box of row.querySelectorAll("fieldset input")) box.checked = days.includes(box.value)
    row.querySelector("[data-from]").value = from
    row.querySelector("[data-until]").value = until
    row.querySelector(".mute-zone").textContent = zone
    return row
  }
}
