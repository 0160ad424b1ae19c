/**
 * What these modules ask of the browser, in one place, so that a test can bring its own and a missing part shows
 * as `undefined` instead of an exception.
 *
 * @typedef {object} Browser
 * @property {typeof WebSocket | undefined} WebSocket
 * @property {typeof fetch} fetch
 * @property {typeof BroadcastChannel | undefined} BroadcastChannel
 * @property {LockManager | undefined} locks
 * @property {EventTarget | undefined} window       where `online`, `offline`, `pagehide` and `pageshow` happen
 * @property {Document | undefined} document        for visibility and cookies
 * @property {{ onLine?: boolean } | undefined} navigator
 * @property {Storage | undefined} storage
 * @property {string | undefined} address           what relative addresses are relative to
 * @property {() => number} random                  0 to 1
 * @property {() => string} uuid
 */

/**
 * @param {Partial<Browser>} [overrides]
 * @returns {Browser}
 */
export function browser(overrides = {}) {
  return {
    WebSocket: globalThis.WebSocket,
    fetch: (...request) => globalThis.fetch(...request),
    BroadcastChannel: globalThis.BroadcastChannel,
    locks: globalThis.navigator?.locks,
    window: globalThis.window,
    document: globalThis.document,
    navigator: globalThis.navigator,
    storage: storage(),
    address: globalThis.location?.href,
    random: Math.random,
    uuid,
    ...overrides,
  }
}

/** Merely asking for it is an exception where the browser was told to keep nothing. */
function storage() {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}

/** `crypto.randomUUID` exists only on https and localhost; a room on plain http in the house needs ids too. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
