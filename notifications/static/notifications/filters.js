// What the inbox shows: the same rules as the server's, so that what arrives goes where it belongs.

import { isSnoozed, isUnread } from "./inbox.js"

export const NOTHING = Object.freeze({ show: "unread", kind: "", priority: "", q: "" })

/** From the query of an address. */
export function readFilters(search) {
  const query = new URLSearchParams(search)
  const given = Object.keys(NOTHING).map((name) => [name, (query.get(name) ?? NOTHING[name]).trim()])
  return Object.fromEntries(given)
}

/** For the address: what is as usual is left out. */
export function queryOf(filters) {
  const query = new URLSearchParams(Object.entries(filters).filter(([name, value]) => value !== NOTHING[name]))
  return query.size ? `?${query}` : ""
}

/** Whether somebody narrowed the list down, beyond which part of the inbox is open. */
export const isNarrow = ({ kind, priority, q }) => Boolean(kind || priority || q)

/** `show` is "unread", "snoozed" or "all" others; `priority` the least that is wanted; `q` are words, all of them. */
export function matches(notification, { show, kind, priority, q }) {
  if (isSnoozed(notification) !== (show === "snoozed")) return false
  if (show === "unread" && !isUnread(notification)) return false
  if (kind && notification.kind !== kind) return false
  if (priority && notification.priority < Number(priority)) return false
  const { title, body, source_name: source } = notification
  const text = `${title}\n${body}\n${source}`.toLowerCase()
  return q.toLowerCase().split(/\s+/).every((word) => text.includes(word))
}
