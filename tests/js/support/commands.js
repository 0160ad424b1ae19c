/** The HTTP status of each error code. */
export const STATUSES = {
  invalid: 422, unknown_command: 404, unauthenticated: 401, forbidden: 403, not_found: 404, conflict: 409,
  too_large: 413, rate_limited: 429, unavailable: 503, internal: 500,
}

/** What this server replies to a command. Nothing where the command itself says so by returning `undefined`. */
export async function run(server, name, data) {
  server.happened("command", { name, data })
  const command = server.commands.get(name)
  if (!command) return { ok: false, error: { code: "unknown_command", message: `There is no ${name}.`, fields: {} } }
  try {
    const reply = await command(data)
    return reply === undefined ? null : { ok: true, data: reply }
  } catch (error) {
    if (!error.code) throw error
    return { ok: false, error: { message: error.code, fields: {}, ...error } }
  }
}
