/** Takes a `text/event-stream` apart: pieces of text in, the data of whole events out. */
export class SseParser {
  #rest = ""
  #data = []

  /**
   * @param {string} text the next piece, cut anywhere
   * @returns {string[]} the data of the events that ended in it
   */
  push(text) {
    const lines = (this.#rest + text).split("\n")
    this.#rest = lines.pop()
    const events = []
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw
      if (line.startsWith("data:")) this.#data.push(line.slice(line[5] === " " ? 6 : 5))
      else if (line === "" && this.#data.length) events.push(this.#data.splice(0).join("\n"))
    }
    return events
  }
}
