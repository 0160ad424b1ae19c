// What was typed in a room and not sent yet, kept in this browser until it is.

const key = (user, room) => `watchroom.draft.${user}.${room}`

export function readDraft(user, room) {
  try {
    return localStorage.getItem(key(user, room)) ?? ""
  } catch {
    return "" // storage is blocked: nothing was kept
  }
}

export function keepDraft(user, room, text) {
  try {
    if (text.trim()) localStorage.setItem(key(user, room), text)
    else localStorage.removeItem(key(user, room))
  } catch {
    // storage is full or blocked: the text lives as long as the page
  }
}
