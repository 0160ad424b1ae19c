/** Why a command was not carried out. `code` is one of the wire contract's error codes. */
export class CommandError extends Error {
  /**
   * @param {{ code: string, message?: string, fields?: Record<string, string>, retry_after?: number }} error
   */
  constructor({ code, message, fields, retry_after }) {
    super(message ?? code)
    this.name = "CommandError"
    this.code = code
    this.fields = fields ?? {}
    /** Seconds to wait before trying again, or null. */
    this.retryAfter = retry_after ?? null
  }
}

/** The answer did not come. What was asked may or may not have happened. */
export function unanswered() {
  return new CommandError({ code: "unavailable", message: "The server did not answer. Please try again." })
}
