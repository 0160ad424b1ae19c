// The page of open rooms: narrows the list at once, asks the server for more on Enter, joins.

import { toast } from "./dom.js"
import { matching } from "./matching.js"

/** Takes the page up when it is shown. `goTo(room)` shows the room that has been joined, `search(text)` this page anew. */
export function findRooms(main, { live, goTo, search }) {
  const items = [...main.querySelectorAll(".find-item")]
  const none = main.querySelector("#find-none")
  main.querySelector("#find-input").addEventListener("input", ({ target }) => {
    const found = new Set(matching(items, target.value, (item) => [item.dataset.name]))
    for (const item of items) item.hidden = !found.has(item)
    none.hidden = found.size > 0
  })
  main.querySelector("#find-form").addEventListener("submit", (event) => {
    event.preventDefault()
    search(main.querySelector("#find-input").value)
  })
  main.querySelector("#find-list").addEventListener("click", async (event) => {
    const button = event.target.closest("[data-join]")
    if (!button) return
    const id = Number(button.dataset.join)
    button.disabled = true
    try {
      await live.command("room.join", { room: id })
      goTo({ id })
    } catch (error) {
      toast(error.message)
      button.disabled = false
    }
  })
}
