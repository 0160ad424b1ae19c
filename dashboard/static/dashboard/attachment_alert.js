// Draws what a rule attaches to the message in its room.

import { LiveAlert } from "./live_alert.js"

/** @param {HTMLElement} element @param {object} attachment  {alert, board, title, seconds} @param {object} page  {live, me, now} */
export function attach(element, attachment, page) {
  const alert = new LiveAlert(element.firstElementChild, attachment, page)
  alert.connect()
  return () => alert.disconnect()
}
