// Draws what /metric attaches to a message.

import { LiveChart } from "./live_chart.js"

/** @param {HTMLElement} element @param {object} attachment  {board, title, seconds} @param {object} page  {live, me, now} */
export function attach(element, attachment, page) {
  const chart = new LiveChart(element.firstElementChild, attachment, page)
  chart.connect()
  return () => chart.disconnect()
}
