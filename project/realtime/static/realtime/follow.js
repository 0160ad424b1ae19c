/** A leader that has said nothing for this long is asked whether it is there; that also shows what was missed. */
const SILENCE_MS = 25_000
/** A leader answers in milliseconds, even a hidden one; one that takes this long is asleep. */
const PATIENCE_MS = 5_000

/** A tab that follows: the leading tab has the connection, and this one says what it needs and takes what comes. */
export class Follow {
  #browser
  #commands
  #desk
  #shared
  #socket
  #takeLead
  #taking = false
  #timer = null

  /**
   * @param {object} options
   * @param {import("./browser.js").Browser} options.browser
   * @param {import("./http_commands.js").HttpCommands} options.commands
   * @param {import("./shared.js").Shared} options.shared
   * @param {{ subscribers: import("./subscribers.js").Subscribers, changed: (state: object) => void }} options.desk
   * @param {boolean} options.socket   whether this page is worth a WebSocket
   * @param {() => void} options.takeLead
   */
  constructor({ browser, commands, shared, desk, socket, takeLead }) {
    this.#browser = browser
    this.#commands = commands
    this.#shared = shared
    this.#desk = desk
    this.#socket = socket
    this.#takeLead = takeLead
    this.leads = false
  }

  connect() {
    this.#wantAll()
    this.#heard()
  }

  disconnect() {
    clearTimeout(this.#timer)
    this.#shared.say("leave")
  }

  want(stream, seq) {
    this.#say("want", { positions: new Map([[stream, seq]]) })
  }

  drop(stream) {
    this.#say("drop", { stream })
  }

  /** By POST: the answer must find this tab even if the leading one goes meanwhile. */
  command(name, data) {
    return this.#commands.command(name, data)
  }

  notify(name, data) {
    this.#say("notify", { name, data })
  }

  /** Somebody looks, or the network came back: is the leader awake? */
  wake() {
    this.#probe()
  }

  retry() {
    this.#say("retry")
  }

  /** The leader hears of that itself. */
  networkLost() {}

  /** @param {import("./shared.js").Message} message from another tab */
  receive(message) {
    const { subscribers } = this.#desk
    const { kind } = message
    if (!["lead", "items", "epoch", "state", "here"].includes(kind)) return
    this.#heard()
    if (kind === "lead") this.#wantAll()
    if (kind === "items") subscribers.take(message.items)
    if (kind === "state" || kind === "here") this.#stands(message)
    if (kind === "here") subscribers.compare(message.heads)
    if (kind === "epoch" && subscribers.adopt(message.epoch)) this.#wantAll()
  }

  /** A leader that opens no WebSocket is surpassed by a page that is worth one; what it uses says nothing about others. */
  #stands({ state, socket }) {
    const surpassed = this.#socket && !socket
    this.#desk.changed(surpassed ? { ...state, transport: null } : state)
    if (!surpassed || this.#taking) return
    this.#taking = true
    this.#takeLead()
  }

  #wantAll() {
    this.#say("want", { positions: this.#desk.subscribers.positions(), whole: true })
  }

  #say(kind, detail) {
    this.#shared.say(kind, { epoch: this.#desk.subscribers.epoch, ...detail })
  }

  #heard() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#probe(), SILENCE_MS)
  }

  #probe() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#unanswered(), PATIENCE_MS)
    this.#say("probe")
  }

  /** Only a tab that somebody looks at takes over: a hidden one may be half asleep itself. */
  #unanswered() {
    if (this.#browser.document?.visibilityState === "hidden") this.#heard()
    else this.#takeLead()
  }
}
