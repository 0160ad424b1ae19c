// What the keys do in the inbox: a letter, and nothing else held down. Fields keep theirs.

const KEYS = new Map([
  ["j", "next"], ["ArrowDown", "next"], ["k", "previous"], ["ArrowUp", "previous"],
  ["J", "selectNext"], ["K", "selectPrevious"],
  ["Enter", "open"], ["o", "open"],
  ["e", "read"], ["u", "unread"], ["s", "snooze"], ["a", "acknowledge"], ["m", "mute"],
  ["x", "toggle"], ["*", "selectAll"], ["Escape", "selectNone"],
  ["z", "undo"], ["/", "search"], ["?", "help"],
])

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]"

/** What a key that was pressed means, or null. */
export function meaning({ key, ctrlKey, metaKey, altKey, isComposing, target }) {
  if (ctrlKey || metaKey || altKey || isComposing || target?.closest?.(FIELDS)) return null
  const deed = KEYS.get(key) ?? null
  // A button or a link that has the focus is pressed by Enter itself, and a list moves by its own arrows.
  if (key.length > 1 && key !== "Escape" && target?.closest?.("a[href], button, [role=menu]")) return null
  return deed
}
