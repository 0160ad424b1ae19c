/** The close codes of the wire contract, and what a client does after each. */

export const RESTART = 1012
export const LOST = 1006
export const RESUME = 4400
const UNAVAILABLE = 4503
const TOO_MANY = 4429
const SIGNED_OUT = 4501
const REFUSED = 4513
const PROTOCOL = 4515

const STOPS = new Map([[SIGNED_OUT, "unauthenticated"], [REFUSED, "refused"], [PROTOCOL, "protocol"]])
const STATUSES = new Map([[400, PROTOCOL], [401, SIGNED_OUT], [403, REFUSED], [429, TOO_MANY], [503, UNAVAILABLE]])
const GOODBYES = new Map([["server_restart", RESTART], ["session_ended", SIGNED_OUT]])

/** The most a wait that the server asked for is stretched, so that clients with equal waits do not meet. */
const WAIT_JITTER = 0.25

/** Why a connection that closed with this code must not come back, or null where it may. */
export function stopReason(code) {
  if (code < 4500 || code > 4599 || code === UNAVAILABLE) return null
  return STOPS.get(code) ?? "protocol"
}

/** Whether the connection may be resumed without waiting. */
export function resumesAtOnce(code) {
  return code === RESUME
}

/** Whether the server itself ended it: then the way there works, and another transport would fare no better. */
export function saidByServer(code) {
  return code === RESTART || (code >= 4000 && code <= 4999)
}

/**
 * @param {number} seconds `retry_after` as the server gave it
 * @param {() => number} random
 * @returns {number} milliseconds, never less than asked
 */
export function politeWait(seconds, random) {
  return Math.ceil(seconds * 1000 * (1 + WAIT_JITTER * random()))
}

/**
 * What a refused request says, in the words of a WebSocket that is closed.
 * @param {Response} response
 * @returns {{ code: number, retryAfter?: number }}
 */
export function endOfResponse(response) {
  const seconds = Number(response.headers.get("Retry-After"))
  const code = STATUSES.get(response.status) ?? LOST
  return seconds > 0 ? { code, retryAfter: seconds } : { code }
}

/** The same for a `bye` among these items, or null where there is none. */
export function endOfItems(items) {
  const bye = items.find((item) => item.type === "bye")
  return bye ? { code: GOODBYES.get(bye.reason) ?? UNAVAILABLE, retryAfter: bye.retry_after } : null
}
