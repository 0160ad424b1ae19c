// Starts a board of somebody who is signed in: it can be built, shared, and put on a wall.

import { live, notifications } from "../notifications/site.js"
import { readData, readVersions } from "./api.js"
import { showAnnotations } from "./board_annotations.js"
import { BoardAlerts } from "./board_alerts.js"
import { BoardMenu } from "./board_menu.js"
import { openBoard } from "./board_view.js"
import { diff } from "./diff.js"
import { Editor } from "./editor.js"
import { Kiosk } from "./kiosk.js"
import { ShareDialog } from "./share_dialog.js"
import { Versions } from "./versions.js"

const page = JSON.parse(document.getElementById("page-data").textContent)
const { slug } = page.board
const tell = notifications.notices
const { board, root, times, now } = openBoard({
  page, live, name: slug, stream: `board.${slug}`, kept: ["kiosk", "every"],
  source: (wanted) => readData(slug, wanted),
})

const editor = new Editor({ board, root, page, live, times, now, tell })
const versions = new Versions({
  times, tell, diff, made: "The board was made.", now: page.board.version,
  read: () => readVersions(slug),
  restore: async ({ version }) => {
    await live.command("board.restore", { board: slug, version })
    location.assign(location.pathname)
  },
})
const share = new ShareDialog({ slug, live, times, shown: () => board.window })
new BoardMenu({ root, page, editor, versions, share, live, tell })
new Kiosk({ root, board: slug, live }).connect()
new BoardAlerts({ board, grid: document.getElementById("panels"), page, live, now, tell }).connect()
showAnnotations({ board, root, live, times })

board.addEventListener("failed", ({ detail }) => tell.say(`The board cannot be loaded now. ${detail.message}`, null))
board.addEventListener("board.changed", ({ detail }) => {
  if (detail.deleted) location.assign("/dashboard/")
  else if (detail.updated_at > page.board.updated_at && !editor.isOn) location.reload()
})

await board.connect()
if (new URLSearchParams(location.search).has("edit")) editor.begin()
