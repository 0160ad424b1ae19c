// A short sound for what arrives, where somebody chose it: once a browser, however many tabs it has.

const NOTES_HZ = [659.25, 987.77]
const NOTE_S = 0.14
const LOUDNESS = 0.12
/** Other tabs hear of the same notification within this time, and leave it to the one that was first. */
const TURN_MS = 3_000

export class Sound {
  #browser
  #context = null

  constructor(browser = globalThis) {
    this.#browser = browser
    this.wanted = false
  }

  /** For a new notification, or a new revision of one. */
  arrived({ id, revision }) {
    const { navigator } = this.#browser
    if (!this.wanted || !navigator.userActivation?.hasBeenActive) return
    if (!navigator.locks) return this.play()
    navigator.locks.request(`watchroom.sound.${id}.${revision}`, { ifAvailable: true }, (lock) => {
      if (!lock) return null
      this.play()
      return new Promise((release) => setTimeout(release, TURN_MS))
    })
  }

  play() {
    this.#context ??= new this.#browser.AudioContext()
    const context = this.#context
    context.resume()
    const volume = context.createGain()
    volume.connect(context.destination)
    for (const [index, frequency] of NOTES_HZ.entries()) {
      const start = context.currentTime + index * NOTE_S
      const note = new this.#browser.OscillatorNode(context, { type: "sine", frequency })
      note.connect(volume)
      volume.gain.setValueAtTime(LOUDNESS, start)
      volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S * 1.8)
      note.start(start)
      note.stop(start + NOTE_S * 1.8)
    }
  }
}
