// What is different between two versions of a board, panel by panel.

/**
 * @param {{ title: string, panels: object[] }} before
 * @param {{ title: string, panels: object[] }} after
 * @returns {{ kind: "added" | "removed" | "changed" | "moved" | "renamed", title: string,
 *   fields: { name: string, before: string, after: string }[] }[]}
 */
export function diff(before, after) {
  const changes = []
  if (before.title !== after.title) {
    changes.push({ kind: "renamed", title: after.title, fields: [{ name: "title", before: before.title, after: after.title }] })
  }
  const old = new Map(before.panels.map((panel) => [panel.id, panel]))
  const ids = new Set(after.panels.map(({ id }) => id))
  for (const panel of after.panels) {
    const known = old.get(panel.id)
    if (!known) changes.push({ kind: "added", title: nameOf(panel), fields: [] })
    else if (said(known) !== said(panel)) changes.push({ kind: "changed", title: nameOf(panel), fields: fieldsOf(known, panel) })
  }
  for (const panel of before.panels) if (!ids.has(panel.id)) changes.push({ kind: "removed", title: nameOf(panel), fields: [] })
  return [...changes, ...moved(before.panels.filter(({ id }) => ids.has(id)), after.panels.filter(({ id }) => old.has(id)))]
}

const nameOf = ({ title, id }) => title || id

/** What two objects say differently. */
export function fieldsOf(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => said(before[name]) !== said(after[name]))
    .map((name) => ({ name, before: said(before[name]), after: said(after[name]) }))
}

/** Keys in one order, so that only what they hold makes a difference. */
function said(value) {
  if (value === undefined || value === null || value === "") return "–"
  if (typeof value !== "object") return String(value)
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner)
}

/** Those that stand after another panel than before. */
function moved(before, after) {
  const follows = (panels) => new Map(panels.map(({ id }, place) => [id, panels[place - 1]?.id]))
  const [first, second] = [follows(before), follows(after)]
  const places = new Map(before.map(({ id }, place) => [id, place]))
  return after
    .filter(({ id }, place) => first.get(id) !== second.get(id) && places.get(id) !== place)
    .map((panel) => ({ kind: "moved", title: nameOf(panel), fields: [] }))
}
