// Who signs out leaves nothing behind: this browser takes no more push for them, and what is on the desktop goes.

const SIGN_OUT = "/accounts/logout/"
/** Signing out must not wait for a push service that does not answer. */
const PATIENCE_MS = 2_000

/** @param {{ push: import("./push.js").Push, desktop: import("./desktop.js").Desktop }} parts */
export function watchSignOut({ push, desktop }) {
  document.addEventListener("submit", async (event) => {
    const form = event.target
    if (form.getAttribute("action") !== SIGN_OUT || desktop.permission !== "granted") return
    event.preventDefault()
    const tidy = Promise.allSettled([push.turnOff(), desktop.takeDownAll()])
    await Promise.race([tidy, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
    form.submit()
  })
}
