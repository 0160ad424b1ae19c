// Something as JSON: to be copied, kept as a file, and taken over from one.

import { download } from "./csv.js"

export class JsonDialog {
  #dialog
  #read
  #take

  /**
   * @param {HTMLDialogElement} dialog  a copy of templates/dashboard/json_dialog.html
   * @param {{ read: () => string, take: (text: string) => void, name: string }} options  `take` throws what is wrong
   *   with a text, in words; `name` is that of the file
   */
  constructor(dialog, { read, take, name }) {
    this.#dialog = dialog
    this.#read = read
    this.#take = take
    dialog.querySelector("form").addEventListener("submit", (event) => this.#submit(event))
    dialog.querySelector("[data-download]").addEventListener("click", () => download(name, this.#text.value, "application/json"))
    dialog.querySelector("input[type=file]").addEventListener("change", ({ target }) => this.#readFile(target.files[0]))
  }

  open() {
    this.#text.value = this.#read()
    this.#say("")
    this.#dialog.showModal()
  }

  get #text() {
    return this.#dialog.querySelector("textarea")
  }

  #submit(event) {
    event.preventDefault()
    try {
      this.#take(this.#text.value)
      this.#dialog.close()
    } catch (error) {
      this.#say(error.message)
    }
  }

  async #readFile(file) {
    if (file) this.#text.value = await file.text()
  }

  #say(text) {
    const said = this.#dialog.querySelector(".error")
    said.textContent = text
    said.hidden = !text
  }
}
