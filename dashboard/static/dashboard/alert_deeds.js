// What a person does about alerts, each with its way back.

import { named } from "./alert_rows.js"

export class AlertDeeds {
  #live
  #me
  #tell
  #watch

  /**
   * @param {object} options
   * @param {import("./watch.js").Watch} options.watch
   * @param {{ command: (name: string, data: object) => Promise<any> }} options.live
   * @param {{ say: (text: string, undo: (() => void) | null) => void, complain: (error: Error) => void }} options.tell
   * @param {{ id: number, name: string, avatar: string | null }} options.me
   */
  constructor({ watch, live, tell, me }) {
    this.#watch = watch
    this.#live = live
    this.#tell = tell
    this.#me = me
  }

  async acknowledge(id) {
    const alert = this.#watch.alert(id)
    if (!alert || alert.acknowledged_by || alert.state === "pending") return
    const takeBack = this.#watch.assume(id, { acknowledged_by: this.#me, acknowledged_at: new Date().toISOString() })
    const isDone = await this.#attempt("alert.acknowledge", { alert: id })
    if (isDone) this.#tell.say(`You take care of ${named(alert)}`, () => this.#unacknowledge(id))
    else takeBack()
  }

  /** @param {{ rule: number | null, labels: object, until: string, comment: string }} wanted @param {string} words  until when */
  async silence(wanted, words) {
    const silence = await this.#ask("silence.create", wanted)
    this.#tell.say(`Silenced until ${words}`, () => this.end(silence, { isQuiet: true }))
  }

  async end({ id, rule, labels, until, comment }, { isQuiet = false } = {}) {
    const isDone = await this.#attempt("silence.delete", { silence: id })
    if (!isDone) return
    const again = () => this.#attempt("silence.create", { rule, labels, until, comment })
    this.#tell.say(isQuiet ? "Undone" : "The silence is over", isQuiet ? null : again)
  }

  async #unacknowledge(id) {
    const takeBack = this.#watch.assume(id, { acknowledged_by: null, acknowledged_at: null })
    if (await this.#attempt("alert.unacknowledge", { alert: id })) this.#tell.say("Undone", null)
    else takeBack()
  }

  #ask(name, data) {
    return this.#live.command(name, data)
  }

  /** -> whether it was done; what was refused is said. */
  async #attempt(name, data) {
    try {
      await this.#ask(name, data)
      return true
    } catch (error) {
      this.#tell.complain(error)
      return false
    }
  }
}
