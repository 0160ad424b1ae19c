// The list of boards: making one more.

import { live } from "../notifications/site.js"

const dialog = document.getElementById("new-board")
const form = dialog.querySelector("form")
const said = dialog.querySelector(".error")

for (const button of document.querySelectorAll("[data-new-board]")) button.addEventListener("click", () => dialog.showModal())
dialog.addEventListener("click", ({ target }) => target.closest("[data-close]") && dialog.close())
form.addEventListener("submit", async (event) => {
  event.preventDefault()
  said.hidden = true
  try {
    const { slug } = await live.command("board.create", { title: form.elements.title.value.trim(), panels: [] })
    location.assign(`/dashboard/${slug}/?edit`)
  } catch (error) {
    said.textContent = Object.values(error.fields ?? {})[0] ?? error.message
    said.hidden = false
  }
})
