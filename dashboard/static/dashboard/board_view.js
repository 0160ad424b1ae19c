// What every page with a board has: its panels, the controls of time, and the address that says what is shown.

import { Board } from "./board.js"
import { download } from "./csv.js"
import { LocalTimes } from "./local_times.js"
import { onTheme } from "./palette.js"
import { PanelMenu } from "./panel_menu.js"
import { FINE, queryOf, readRange, zoom } from "./range.js"
import { RangeBar } from "./range_bar.js"

/**
 * @param {object} options
 * @param {object} options.page  what the server says of the board: `board`, and the time as `now`
 * @param {string} options.name  of the files that are downloaded
 * @param {object} options.live
 * @param {string | null} options.stream
 * @param {(wanted: object) => Promise<object>} options.source
 * @param {object} [options.whole]  a range to begin with, where the address says none, and nothing is live
 * @param {string[]} [options.kept]  what else in the address stays when the range changes
 */
export function openBoard({ page, name, live, stream, source, whole, kept = [] }) {
  const root = document.getElementById("board")
  const grid = document.getElementById("panels")
  const times = new LocalTimes()
  const ahead = page.now - Date.now() / 1000
  const now = () => Date.now() / 1000 + ahead
  const addressed = () => whole && !new URLSearchParams(location.search).has("from") ? whole : readRange(location.search)
  const show = (range) => {
    board.range = range
    if (bar) bar.range = range
  }
  const choose = (range) => {
    const query = new URLSearchParams(queryOf(range))
    for (const item of kept) {
      const value = new URLSearchParams(location.search).get(item)
      if (value !== null) query.set(item, value)
    }
    history.pushState(null, "", `${location.pathname}?${query}`.replace(/\?$/, ""))
    show(range)
  }
  const board = new Board({
    live, times, now, source, stream,
    range: addressed(),
    width: () => Math.max(FINE, ...[...grid.children].map((element) => Math.round(element.clientWidth * 1.5))),
    zoomed: (from, to) => choose(zoom(from, to, now())),
  })
  const bar = whole ? null : new RangeBar(root.querySelector(".time-bar"), { range: board.range, live, times, now, chosen: choose })
  for (const panel of page.board.panels) board.add(document.getElementById(`panel-${panel.id}`), panel)
  new PanelMenu({ board, grid, keep: (panel) => download(`${name}-${panel.panel.id}.csv`, panel.csv(), "text/csv") })
  addEventListener("popstate", () => show(addressed()))
  onTheme(() => board.remake())
  board.addEventListener("loading", () => root.setAttribute("aria-busy", "true"))
  board.addEventListener("loaded", () => root.removeAttribute("aria-busy"))
  const pointed = root.querySelector(".pointed-at")
  board.addEventListener("pointed", ({ detail }) => {
    pointed.textContent = detail === null ? "" : times.moment(detail, board.panels[0]?.frame?.step ?? 1)
  })
  bar?.draw()
  return { board, root, times, now }
}
