// Keys that work anywhere on the page.

export function watchKeys({ pane, roomsList, goTo }) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.altKey && step) {
      event.preventDefault()
      const id = roomsList.nextUnread(step)
      if (id) goTo({ id })
    } else if (event.key === "Escape" && pane() && !document.querySelector(":popover-open")) escape(pane())
    else if (startsTyping(event)) pane()?.composer.focus()
  })
}

/** One step back at a time: from the people to the room, then to the newest message and the composer. */
function escape(room) {
  if (location.hash === "#people") history.back()
  else {
    room.toNewest()
    room.composer.focus()
  }
}

/** A letter typed at nothing in particular is the start of a message. */
function startsTyping({ key, ctrlKey, metaKey, altKey, target }) {
  return [...key].length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey && target === document.body
}
