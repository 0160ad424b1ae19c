/**
 * A cursor says, per stream, the last event that was handled: `<epoch>/<stream>:<seq>,<stream>:<seq>`.
 * `seq` 0 asks for all that is kept.
 */

/**
 * @param {string | null} epoch
 * @param {Iterable<[string, number]>} positions
 */
export function formatCursor(epoch, positions) {
  const streams = Array.from(positions, ([stream, seq]) => `${stream}:${seq}`).join(",")
  return epoch ? `${epoch}/${streams}` : streams
}

/**
 * @param {string} text
 * @returns {{ epoch: string | null, positions: Map<string, number> }} streams without a position are left out
 */
export function parseCursor(text) {
  const slash = text.lastIndexOf("/")
  const positions = new Map()
  for (const part of text.slice(slash + 1).split(",")) {
    const [stream, seq] = part.split(":")
    if (stream && seq !== undefined) positions.set(stream, Number(seq))
  }
  return { epoch: slash > 0 ? text.slice(0, slash) : null, positions }
}
