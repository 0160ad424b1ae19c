// Starts a board: its panels, the controls of time, and the address that says what is shown.

import { live, notifications } from "../notifications/site.js"
import { readData, readVersions } from "./api.js"
import { Board } from "./board.js"
import { showAnnotations } from "./board_annotations.js"
import { BoardMenu } from "./board_menu.js"
import { download } from "./csv.js"
import { diff } from "./diff.js"
import { Editor } from "./editor.js"
import { Kiosk } from "./kiosk.js"
import { LocalTimes } from "./local_times.js"
import { onTheme } from "./palette.js"
import { PanelMenu } from "./panel_menu.js"
import { queryOf, readRange, zoom } from "./range.js"
import { RangeBar } from "./range_bar.js"
import { Versions } from "./versions.js"

/** The usual range is shown second by second, however narrow the page is, and though clocks differ by a minute. */
const FINE = 960

const page = JSON.parse(document.getElementById("page-data").textContent)
const root = document.getElementById("board")
const grid = document.getElementById("panels")
const times = new LocalTimes()
const ahead = page.now - Date.now() / 1000
const now = () => Date.now() / 1000 + ahead
const { slug } = page.board

const board = new Board({
  live, times, now,
  source: (wanted) => readData(slug, wanted),
  stream: `board.${slug}`,
  range: readRange(location.search),
  width: () => Math.max(FINE, ...[...grid.children].map((element) => Math.round(element.clientWidth * 1.5))),
  zoomed: (from, to) => choose(zoom(from, to, now())),
})
const bar = new RangeBar(root.querySelector(".time-bar"), { range: board.range, live, times, now, chosen: choose })

for (const panel of page.board.panels) board.add(document.getElementById(`panel-${panel.id}`), panel)

new PanelMenu({ board, grid, keep: (panel) => download(`${slug}-${panel.panel.id}.csv`, panel.csv(), "text/csv") })
const tell = notifications.notices
const editor = new Editor({ board, root, page, live, times, now, tell })
const versions = new Versions({
  times, tell, diff, made: "The board was made.", now: page.board.version,
  read: () => readVersions(slug),
  restore: async ({ version }) => {
    await live.command("board.restore", { board: slug, version })
    location.assign(location.pathname)
  },
})
new BoardMenu({ root, page, editor, versions, live, tell })
new Kiosk({ root, board: slug }).connect()
showAnnotations({ board, root, live, times })

addEventListener("popstate", () => show(readRange(location.search)))
onTheme(() => board.remake())
board.addEventListener("loading", () => root.setAttribute("aria-busy", "true"))
board.addEventListener("loaded", () => root.removeAttribute("aria-busy"))
board.addEventListener("failed", ({ detail }) => tell.say(`The board cannot be loaded now. ${detail.message}`, null))
board.addEventListener("board.changed", ({ detail }) => {
  if (detail.deleted) location.assign("/dashboard/")
  else if (detail.version > page.board.version && !editor.isOn) location.reload()
})
const pointed = root.querySelector(".pointed-at")
board.addEventListener("pointed", ({ detail }) => {
  pointed.textContent = detail === null ? "" : times.moment(detail, board.panels[0]?.frame?.step ?? 1)
})

bar.draw()
await board.connect()
if (new URLSearchParams(location.search).has("edit")) editor.begin()

function choose(range) {
  const query = new URLSearchParams(queryOf(range))
  for (const name of ["kiosk", "every"]) {
    const kept = new URLSearchParams(location.search).get(name)
    if (kept !== null) query.set(name, kept)
  }
  history.pushState(null, "", `${location.pathname}?${query}`.replace(/\?$/, ""))
  show(range)
}

function show(range) {
  board.range = range
  bar.range = range
}
