// Reads of the HTTP API. Changes go through live.command(), never through here.

const READ_TIMEOUT_MS = 20_000

export async function ask(path, options = {}) {
  const response = await fetch(`/api/v1/${path}`, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
    ...options,
  })
  const answer = await response.json().catch(() => null)
  if (response.ok) return answer
  throw Object.assign(new Error(answer?.error?.message ?? `The server answered with status ${response.status}.`), {
    fields: answer?.error?.fields,
    status: response.status,
  })
}

/** What a board's panels show between two moments, or until now, in about as many steps as pixels: see docs/protocol.md. */
export function readData(slug, { from, to, width }) {
  const until = to === undefined ? {} : { to }
  return ask(`boards/${slug}/data?${new URLSearchParams({ from, ...until, width })}`)
}

/** A question that is too long for an address. */
export function askWith(path, body) {
  const csrfToken = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? ""
  return ask(path, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken },
    body: JSON.stringify(body),
  })
}

/** What panels would show that are not stored. */
export const readPreview = (panels, wanted) => askWith("boards/preview", { panels, ...wanted })

/** What is measured: for whoever builds a panel. */
export const readMetrics = async () => (await ask("metrics")).metrics

/** What a board once was, newest first. */
export const readVersions = async (slug) => (await ask(`boards/${slug}/versions`)).versions

/** Links to a board that are good now, newest first. */
export const readShares = async (slug) => (await ask(`boards/${slug}/shares`)).shares

/** -> { board, cursor } */
export const readBoard = (slug) => ask(`boards/${slug}`)

/** The position in a board's stream that a snapshot's cursor names. */
export const seqOf = (cursor) => Number(cursor.slice(cursor.lastIndexOf(":") + 1))
