// Reads of the HTTP API. Changes go through live.command(), never through here.

const READ_TIMEOUT_MS = 15_000

async function read(path) {
  const response = await fetch(`/api/v1/${path}`, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
  })
  const { ok, status } = response
  if (!ok) throw Object.assign(new Error(`${path}: ${status}`), { status })
  return response.json()
}

/**
 * The newest, or those older than `before`, of what these filters want.
 * @returns {Promise<{ notifications: object[], unread: number, has_more: boolean, cursor: string }>}
 */
export function readNotifications({ show = "all", kind = "", priority = "", q = "" } = {}, { before = 0, limit = 50 } = {}) {
  const wanted = { kind, priority, q, before, limit, unread: show === "unread", snoozed: show === "snoozed" }
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value))
  return read(`notifications?${query}`)
}

export const readNotification = async (id) => (await read(`notifications/${id}`)).notification
