// A message that charts show at a time: the mark on its row, and the dialog that asks for the time.

import { times } from "../project/times.js"
import { onSubmit, showError } from "./dialogs.js"

const MINUTE_MS = 60_000
const MODERATORS = ["owner", "moderator"]

/** Makes the row show when charts show it; null where they do not. */
export function fillPin(row, pin) {
  const mark = row.querySelector(".message-pin")
  mark.hidden = !pin
  if (pin) Object.assign(mark.dataset, { at: pin.at, by: pin.by.id, name: pin.by.name })
  else for (const name of ["at", "by", "name"]) delete mark.dataset[name]
  if (pin) describe(mark)
}

/** The same for a mark that came with the page. */
export function adoptPin(row) {
  const mark = row.querySelector(".message-pin")
  if (!mark.hidden) describe(mark)
}

function describe(mark) {
  const { at, name } = mark.dataset
  const time = mark.querySelector("time")
  time.setAttribute("datetime", at)
  const day = times.dayOf(at) === times.dayOf(Date.now()) ? "" : `${times.dayName(at)}, `
  time.textContent = `${day}${times.clock(at)}`
  mark.title = `Charts show this at ${times.full(at)}. Pinned by ${name}`
}

export class PinDialog {
  #dialog = document.getElementById("pin")
  #live
  #me
  #row = null
  #usual = ""

  constructor({ live, me }) {
    this.#live = live
    this.#me = me
    onSubmit(this.#dialog, () => this.#pin())
    this.#dialog.querySelector("[data-unpin]").addEventListener("click", () => this.#unpin())
  }

  /** Asks when charts are to show the message of `row`. `role` is that of the reader in the room. */
  open(row, role) {
    const { at, by } = row.querySelector(".message-pin").dataset
    this.#row = row
    this.#usual = fieldOf(row.dataset.at)
    this.#input.value = at ? fieldOf(at) : this.#usual
    const mine = [Number(by), Number(row.dataset.author)].includes(this.#me.id)
    this.#dialog.querySelector("[data-unpin]").hidden = !at || !(mine || MODERATORS.includes(role))
    this.#dialog.querySelector(".primary").textContent = at ? "Move" : "Pin"
    showError(this.#dialog, null)
    this.#dialog.showModal()
  }

  get #input() {
    return this.#dialog.querySelector("input")
  }

  async #pin() {
    const { value } = this.#input
    // To the millisecond where the message says it; a field knows only seconds.
    const at = value === this.#usual ? {} : { at: new Date(value).toISOString() }
    await this.#live.command("message.pin", { message: Number(this.#row.dataset.id), ...at })
  }

  async #unpin() {
    try {
      await this.#live.command("message.unpin", { message: Number(this.#row.dataset.id) })
      this.#dialog.close()
    } catch (error) {
      showError(this.#dialog, error)
    }
  }
}

/** A moment as a field for a local date and time holds it. */
export function fieldOf(iso) {
  const moment = new Date(iso)
  return new Date(moment - moment.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 19)
}
