// The inbox as it is laid out: by day, and within a day by where things come from.

/**
 * @param {object[]} notifications   newest first
 * @param {{ kinds: Map<string, object>, times: import("../project/times.js").Times }} looks
 * @returns {{ day: string, name: string, sources: { key: string, source: string, name: string, notifications: object[] }[] }[]}
 */
export function grouped(notifications, { kinds, times }, now = Date.now()) {
  const days = new Map()
  for (const notification of notifications) {
    const day = times.dayOf(notification.updated_at)
    if (!days.has(day)) days.set(day, { day, name: times.dayName(notification.updated_at, now), sources: new Map() })
    const { sources } = days.get(day)
    const { source, kind } = notification
    const key = source || kind
    const name = notification.source_name || (kinds.get(kind)?.title ?? kind)
    if (!sources.has(key)) sources.set(key, { key, source, name, notifications: [] })
    sources.get(key).notifications.push(notification)
  }
  return Array.from(days.values(), (day) => ({ ...day, sources: [...day.sources.values()] }))
}

/** The ids in the order in which they are seen. */
export const orderOf = (days) =>
  days.flatMap(({ sources }) => sources.flatMap(({ notifications }) => notifications.map(({ id }) => id)))
