// What the keys do on the page of alerts: a letter, and nothing else held down. Fields keep theirs.

const KEYS = new Map([
  ["j", "next"], ["ArrowDown", "next"], ["k", "previous"], ["ArrowUp", "previous"],
  ["a", "acknowledge"], ["s", "silence"], ["h", "history"], ["e", "rule"], ["n", "new"], ["/", "search"], ["?", "help"],
])
const FIELDS = "input, textarea, select, [contenteditable]"

/** What a key that was pressed means, or null. */
export function meaning({ key, ctrlKey, metaKey, altKey, isComposing, target }) {
  if (ctrlKey || metaKey || altKey || isComposing || target?.closest?.(FIELDS)) return null
  return KEYS.get(key) ?? null
}
