// The markup of a panel, as templates/dashboard/panel.html has it.

/** Puts a panel's name and size into a copy of its template. */
export function fillPanel(element, panel) {
  element.id = `panel-${panel.id}`
  Object.assign(element.dataset, { panel: panel.id, type: panel.type, w: panel.w, h: panel.h })
  const title = element.querySelector("h2")
  title.id = `panel-title-${panel.id}`
  title.textContent = panel.title
  element.setAttribute("aria-labelledby", title.id)
  element.querySelector("[data-panel-menu]").setAttribute("aria-label", `${panel.title}: more`)
}
