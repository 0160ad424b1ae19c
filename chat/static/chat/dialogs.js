// Opening, closing and answering the dialogs that templates/chat/dialogs.html holds.

/** Makes close buttons, and a press beside the dialog, close every dialog of the page. */
export function watchDialogs() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close()
    else if (event.target.matches("dialog[open]") && isBeside(event)) event.target.close()
  })
}

/** A press on the dialog element itself is one on its backdrop, or on its own edge. */
function isBeside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect()
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom
}

/** Asks a yes-or-no question. -> whether the answer was yes */
export function confirm({ title, text, action }) {
  const dialog = document.getElementById("confirm")
  dialog.querySelector("h2").textContent = title
  dialog.querySelector(".confirm-text").textContent = text
  dialog.querySelector("[value=yes]").textContent = action
  dialog.returnValue = ""
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true })
  })
}

/** Shows what went wrong in the dialog where it went wrong; null takes it away. */
export function showError(dialog, error) {
  const element = dialog.querySelector(".error")
  element.hidden = !error
  element.textContent = error ? Object.values(error.fields ?? {})[0] || error.message : ""
}

/** Runs `work` when the form is sent: shows its error and stays open, or closes. */
export function onSubmit(dialog, work) {
  const form = dialog.querySelector("form")
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const button = form.querySelector(".dialog-foot .primary")
    button.disabled = true
    showError(dialog, null)
    try {
      await work(form)
      dialog.close()
    } catch (error) {
      showError(dialog, error)
    }
    button.disabled = false
  })
}
