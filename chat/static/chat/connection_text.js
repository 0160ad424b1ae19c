// What to say about the connection: the truth, in a few words.

import { times } from "../project/times.js"

const STALE_MS = 20_000
const OVER = { sse: " over SSE", longpoll: " over long-poll" }
const STOPPED = {
  unauthenticated: "Signed out. Sign in again",
  refused: "Refused by the server. Reload",
  protocol: "Something went wrong. Reload",
}

const messages = (count) => `${count} message${count === 1 ? "" : "s"}`

/** `state` is live.state, `waiting` how many messages the outbox holds. -> {text, title} */
export function connectionText(state, waiting, now = Date.now()) {
  const stale = state.staleSince && now - state.staleSince > STALE_MS ? `Stale since ${times.clock(state.staleSince)}` : ""
  const held = waiting ? `, ${messages(waiting)} waiting` : ""
  switch (state.phase) {
    case "live":
      return {
        text: `Live${OVER[state.transport] ?? ""}${waiting ? `, sending ${messages(waiting)}` : ""}`,
        title:
          state.transport === "websocket"
            ? "Everything arrives as it happens."
            : "WebSocket cannot be opened here, so the page goes on without it.",
      }
    case "reconnecting": {
      const seconds = state.retryAt ? Math.ceil((state.retryAt - now) / 1000) : 0
      const when = seconds > 0 ? `in ${seconds} s` : "now"
      return {
        text: stale
          ? `${stale}, retrying ${when}${held}`
          : `Reconnecting ${when === "now" ? "…" : when}${held}`.replace(" …", "…"),
        title: "Nothing is lost. Press to try now.",
      }
    }
    case "offline":
      return {
        text: stale && !waiting ? `Offline since ${times.clock(state.staleSince)}` : `Offline${held}`,
        title: "Nothing is lost. Press to try now.",
      }
    case "stopped":
      return { text: STOPPED[state.reason] ?? STOPPED.protocol, title: "Press to load the page again." }
    default:
      return { text: "Connecting…", title: "Opening the connection." }
  }
}
