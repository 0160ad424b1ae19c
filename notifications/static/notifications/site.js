// Starts the notifications on every page that has no chat. What such a page follows is
// worth no WebSocket, unless something on it says otherwise with `data-socket`.

import { Live } from "../realtime/live.js"
import { Notifications } from "./start.js"
import { TitleBadge } from "./title_badge.js"

const URLS = { websocket: "/ws/", events: "/events/", poll: "/poll/", commands: "/api/v1/commands/" }

const data = JSON.parse(document.getElementById("bell-data").textContent)
const csrfToken = document.querySelector("[name=csrfmiddlewaretoken]")?.value
const socket = document.querySelector("[data-socket]") !== null

export const live = new Live({ user: data.user, epoch: data.epoch, csrfToken, urls: URLS, socket })
export const notifications = new Notifications({ live, data })

new TitleBadge(notifications.inbox).connect()
notifications.connect()
live.connect()
document.documentElement.dataset.ready = ""
