// A board behind a link, for whoever has it: live, or as it was when the link was made. Nothing can be changed.

import { Live } from "../realtime/live.js"
import { openBoard } from "./board_view.js"

const URLS = { websocket: "/ws/", events: "/events/", poll: "/poll/", commands: "/api/v1/commands/" }
const READ_TIMEOUT_MS = 20_000

const page = JSON.parse(document.getElementById("page-data").textContent)
const secret = location.pathname.split("/").at(-2)
const isFrozen = page.stream === null

/** The link itself is who we are here, also for those who are signed in. */
const asLink = (url, { headers, ...options } = {}) =>
  fetch(url, { ...options, credentials: "omit", headers: { ...headers, Authorization: `Bearer ${secret}` } })

const live = new Live({ user: `link-${page.link}`, urls: URLS, socket: false, browser: { fetch: asLink } })
const { board, root, times } = openBoard({
  page, live, name: "board", stream: page.stream,
  source: isFrozen ? once(readData) : readData,
  whole: isFrozen ? { from: page.from, to: page.to } : undefined,
})

const until = `Read only, until ${times.moment(Date.parse(page.until) / 1000, 60)}.`
root.querySelector(".shared-note").textContent = isFrozen ? `As it was ${times.stretch(page.from, page.to)}. ${until}` : until
const failed = root.querySelector(".shared-failed")
board.addEventListener("failed", ({ detail }) => (failed.textContent = `This cannot be loaded now. ${detail.message}`))
board.addEventListener("loaded", () => (failed.textContent = ""))
// The server says what has become of it.
for (const end of ["ended", "board.changed"]) board.addEventListener(end, () => location.reload())
if (!isFrozen) {
  live.addEventListener("state", () => live.state.reason === "unauthenticated" && location.reload())
  live.connect()
}

await board.connect()
document.documentElement.dataset.ready = ""

async function readData({ from, to, width }) {
  const query = new URLSearchParams({ from, ...(to === undefined ? {} : { to }), width })
  const response = await fetch(`data?${query}`, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(READ_TIMEOUT_MS) })
  if (response.status === 404) location.reload()
  if (!response.ok) throw new Error(`The server answered with status ${response.status}.`)
  return response.json()
}

/** What never changes is asked for once. */
function once(read) {
  let kept = null
  return async (wanted) => (kept ??= await read(wanted))
}
