// The colours of charts, as tokens.css says them for the theme that is on.

/** How many colours there are for series; the next one begins anew. */
export const COLOURS = 10
const NAMES = ["ink", "ink-muted", "line", "surface", "missing", "ok", "warn", "danger", "accent"]

let colours = null

/** A canvas knows no custom properties: they are read once, and again when the theme is another. */
function read() {
  const probe = document.createElement("i")
  probe.hidden = true
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const valueOf = (name) => {
    probe.style.color = `var(--${name})`
    return style.color
  }
  const read = { series: Array.from({ length: COLOURS }, (_, place) => valueOf(`series-${place}`)) }
  for (const name of NAMES) read[name] = valueOf(name)
  probe.remove()
  return read
}

/** @returns {{ series: string[], ink: string, line: string, missing: string, surface: string }} */
export function palette() {
  colours ??= read()
  return colours
}

/** Calls back whenever the colours have become others. */
export function onTheme(changed) {
  const forget = () => {
    colours = null
    changed()
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget)
  new MutationObserver(forget).observe(document.documentElement, { attributeFilter: ["data-theme"] })
}

/** The same colour, so much of it. */
export const faded = (colour, share) => `color-mix(in oklab, ${colour} ${share * 100}%, transparent)`
