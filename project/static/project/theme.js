/* Runs before the first paint, so that nobody who chose dark is blinded by a flash of white. */
;(() => {
  const KEY = "watchroom.theme"
  const root = document.documentElement
  const chosen = () => {
    try {
      return localStorage.getItem(KEY) || "system"
    } catch {
      return "system" // storage is blocked: the system's choice is the best guess
    }
  }
  const apply = () => {
    const theme = chosen()
    if (theme === "system") delete root.dataset.theme
    else root.dataset.theme = theme
    for (const button of document.querySelectorAll("[data-set-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === theme))
    }
  }
  apply()
  if (/^(Mac|iP)/.test(navigator.platform)) root.dataset.apple = "" // its keyboards have other keys
  addEventListener("DOMContentLoaded", apply)
  addEventListener("storage", (event) => event.key === KEY && apply())
  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-set-theme]")
    if (!button) return
    try {
      localStorage.setItem(KEY, button.dataset.setTheme)
    } catch {
      root.dataset.theme = button.dataset.setTheme
      return
    }
    apply()
  })
})()
