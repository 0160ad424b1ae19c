// Starts the page: one connection, one outbox, the list of rooms, and whatever the middle pane shows.

import { Live } from "../realtime/live.js"
import { Outbox } from "../realtime/outbox.js"
import { Notifications } from "../notifications/start.js"
import { ConnectionState } from "./connection_state.js"
import { watchDialogs } from "./dialogs.js"
import { passToasts, toast } from "./dom.js"
import { EmojiPicker } from "./emoji_picker.js"
import { findRooms } from "./find_rooms.js"
import { Navigation } from "./navigation.js"
import { RoomDialogs } from "./room_dialogs.js"
import { RoomPane } from "./room_pane.js"
import { RoomSettings } from "./room_settings.js"
import { RoomStreams } from "./room_streams.js"
import { RoomsList } from "./rooms_list.js"
import { watchKeys } from "./keys.js"
import { Switcher } from "./switcher.js"
import { PageTitle } from "./page_title.js"
import { PinDialog } from "./pins.js"

const RELOAD_AGAIN_MS = 2_000 // a page that failed to load over a connection that lives

const URLS = { websocket: "/ws/", events: "/events/", poll: "/poll/", commands: "/api/v1/commands/" }

const first = JSON.parse(document.getElementById("page-data").textContent)
const bell = JSON.parse(document.getElementById("bell-data").textContent)
const csrfToken = document.querySelector("[name=csrfmiddlewaretoken]")?.value
const main = document.getElementById("main")
const { me } = first
const ahead = first.now - Date.now() / 1000
const now = () => Date.now() / 1000 + ahead

const live = new Live({ user: me.id, epoch: first.epoch, csrfToken, urls: URLS })
const outbox = new Outbox({ live, user: me.id })
const roomsList = new RoomsList(first.rooms, me)
const picker = new EmojiPicker()
const pins = new PinDialog({ live, me })
const connectionState = new ConnectionState(live, outbox)
let pane = null

const navigation = new Navigation((url) => stay(url))
const notifications = new Notifications({ live, data: bell, visit: (url) => navigation.visit(url) })
const title = new PageTitle(roomsList, notifications.inbox)
const goTo = (room) => navigation.go(`/rooms/${room.id}/`)
const search = (text) => navigation.go(`/rooms/find/?q=${encodeURIComponent(text)}`)
const dialogs = new RoomDialogs({ live, goTo, me, pane: () => pane })
new RoomSettings({ live, roomsList, me, pane: () => pane })
new Switcher({ roomsList, me, goTo, openDirect: (others) => dialogs.openDirect(others) })
const streams = new RoomStreams({ live, roomsList, me, reload, gone, pane: () => pane })

passToasts()
watchDialogs()
watchKeys({ pane: () => pane, roomsList, goTo })
navigation.addEventListener("swap", ({ detail }) => {
  pane?.disconnect()
  title.set(detail.title)
  roomsList.reload(detail.data.rooms)
  streams.follow(detail.data)
  show(detail.data)
  notifications.draw()
})

navigation.addEventListener("unreachable", () => toast("No connection. Try again when you are back online."))

await outbox.open()
connectionState.connect()
notifications.connect()
streams.follow(first)
show(first)
live.connect()
document.documentElement.dataset.ready = ""

function show(page) {
  picker.close()
  roomsList.open(page.room?.id ?? null)
  pane = page.room ? new RoomPane(main, page, { live, outbox, picker, pins, roomsList, me, now, reload }) : null
  pane?.connect()
  pane?.focus()
  if (main.dataset.pane === "find") findRooms(main, { live, goTo, search })
  connectionState.draw()
}

/** An address within the open room: a message of it, or its people. -> whether it is one */
function stay(url) {
  const seq = Number(url.searchParams.get("at"))
  if (pane && seq) pane.show(seq)
  return Boolean(pane) || !seq
}

/** What is shown cannot be continued: takes a new snapshot of it, in place, as soon as that is possible. */
async function reload() {
  if (await navigation.go(location.href, { push: false })) return
  if (live.state.phase === "live") setTimeout(reload, RELOAD_AGAIN_MS)
  else live.addEventListener("state", reload, { once: true })
}

/** The reader may not read this room any more, or it is not theirs any more. */
function gone(room) {
  roomsList.remove(room.id)
  if (pane?.room.id !== room.id) return
  toast(`You no longer have access to ${room.name}.`)
  navigation.go("/rooms/", { push: true })
}
