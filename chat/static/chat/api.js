// Reads of the HTTP API. Changes go through live.command() and the outbox, never through here.

const READ_TIMEOUT_MS = 15_000
/** People found by a few letters: of more, another letter is typed. */
const FOUND_MAX = 50
const PEOPLE_MAX = 500

async function read(path) {
  const response = await fetch(`/api/v1/${path}`, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

/** A page of messages: `side` is "before", "after" or "around". -> {messages: oldest first, has_before, has_after} */
export const messagesOf = (room, side, seq, limit) => read(`rooms/${room}/messages?${side}=${seq}&limit=${limit}`)

export const newestMessages = (room, limit) => read(`rooms/${room}/messages?limit=${limit}`)

/** -> {message} */
export const messageById = (id) => read(`messages/${id}`)

/** What the last word of `text`, which stands behind a command, may become. -> [{word, note}], the best first */
export const suggestionsFor = async (name, text) =>
  (await read(`slashes/${name}?${new URLSearchParams({ text })}`)).suggestions

/** The people of a room, with role and presence. */
export const peopleOf = async (room) => (await read(`rooms/${room}/people`)).people

/** These people, as many as are told at once. */
export const peopleById = async (ids) =>
  (await read(`people?${new URLSearchParams([...ids].slice(0, PEOPLE_MAX).map((id) => ["id", id]))}`)).people

/** People whose names have these letters, or the first of all. -> {people, has_more} */
export const findPeople = (text = "") => read(`people${text && `?${new URLSearchParams({ q: text, limit: FOUND_MAX })}`}`)
