// A rule as it is being made: where it begins, how one kind of condition becomes another, and its JSON.

/** What the site adds to a definition, and what is no part of one. */
const ADDED = ["id", "version", "explanation", "error", "updated_at", "deleted"]
const QUERY = { metric: "", where: {}, fn: "avg", by: [], legend: "" }
const MINUTE = 60
/** As the server has it. */
const USUAL_BOARD = "this-server"

/** What each kind begins with, besides the query. */
const BEGINNINGS = {
  threshold: { over: MINUTE, above: null, below: null, recover: null },
  change: { over: MINUTE, above: null, below: null, recover: null, window: 10 * MINUTE, percent: false },
  no_data: { over: 5 * MINUTE },
  anomaly: { over: 5 * MINUTE, deviations: 5, recover: null, direction: "both", weeks: 4, least: 0 },
  composite: { all: [], any: [], none: [] },
}
export const KINDS = Object.keys(BEGINNINGS)

/** The definition of a rule that is stored. */
export const definitionOf = (rule) => Object.fromEntries(Object.entries(rule).filter(([name]) => !ADDED.includes(name)))

/**
 * A rule to begin with: of nothing yet, or of what a panel shows.
 * @param {{ board?: string | null, panel?: object | null }} from
 */
export function beginning({ board, panel }) {
  const { by = [], legend, ...query } = panel?.queries?.[0] ?? QUERY
  const worst = panel?.thresholds?.toSorted((a, b) => b.value - a.value).find(({ state }) => state !== "ok")
  return {
    title: panel?.title ?? "", description: "", board: board ?? USUAL_BOARD, severity: worst?.state === "critical" ? "critical" : "warning", enabled: true,
    condition: { kind: "threshold", query: { ...QUERY, ...withoutBy(query) }, ...BEGINNINGS.threshold, above: worst?.value ?? null },
    group_by: by, every: 10, for: MINUTE, keep_firing: 0, no_data: "keep", on_error: "keep", mute_times: [],
    followers: { topics: [], people: [] }, room: null, group: "board", group_wait: 10,
  }
}

/** A rule's own grouping puts its query together; the query has none. */
function withoutBy(query) {
  if (!query.ratio_to) return query
  const { by, legend, ...other } = query.ratio_to
  return { ...query, ratio_to: other }
}

/** What does not go along: what is usual is recovered to in deviations, a bound in the unit of the metric. */
const notKept = (kind, before) => ["over", ...(kind === "anomaly" || before === "anomaly" ? ["recover"] : [])]

/** Another kind of condition about the same thing, as far as there is one. */
export function asKind(kind, condition) {
  const begun = kind === "composite" ? { kind } : { kind, query: condition.query ?? QUERY }
  const own = notKept(kind, condition.kind)
  const kept = Object.keys(BEGINNINGS[kind]).filter((name) => !own.includes(name) && name in condition)
  return { ...begun, ...BEGINNINGS[kind], ...Object.fromEntries(kept.map((name) => [name, condition[name]])) }
}

export const toJson = (definition) => JSON.stringify(definition, null, 2)

/**
 * A definition as a text says it; the server looks at the rest of it when it is tried or saved.
 * @throws {Error} whose message tells a person what is wrong with the text
 */
export function fromJson(text) {
  let rule
  try {
    rule = JSON.parse(text)
  } catch (error) {
    throw new Error(`This is not JSON: ${error.message}`)
  }
  if (!rule?.condition || typeof rule.condition !== "object") throw new Error('A rule is an object with "title" and "condition".')
  if (!KINDS.includes(rule.condition.kind)) throw new Error(`A condition has a "kind": ${KINDS.join(", ")}.`)
  const begun = beginning({})
  const condition = { ...asKind(rule.condition.kind, begun.condition), ...rule.condition }
  return { ...begun, ...definitionOf(rule), condition }
}
