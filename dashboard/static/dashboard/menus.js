// Menus that open beside what was pressed.

const GAP_PX = 4

/** Shows a popover beside an element, within the page. */
export function openBeside(menu, element) {
  menu.showPopover()
  const box = element.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height, style } = menu
  const below = box.bottom + GAP_PX
  style.left = `${Math.max(GAP_PX, Math.min(box.right - width, innerWidth - width - GAP_PX))}px`
  style.top = `${below + height > innerHeight ? Math.max(GAP_PX, box.top - height - GAP_PX) : below}px`
  menu.querySelector("button:not([hidden]), input, a")?.focus()
}

/** The arrow keys go through a menu's items. */
export function withArrows(menu) {
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || event.target.matches("input")) return
    const items = [...menu.querySelectorAll("button:not([hidden], [disabled]), a")]
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus()
    event.preventDefault()
  })
}
