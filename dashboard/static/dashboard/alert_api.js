// Reads of what is watched.

import { ask, askWith } from "./api.js"

/** Where a stream of all of it goes on from: the first of several reads says the least. */
export async function readWatch() {
  const { cursor, alerts } = await ask("alerts?state=firing&state=recovering&state=pending")
  const [{ rules }, { silences }] = await Promise.all([ask("rules"), ask("silences")])
  return { cursor, alerts, rules, silences }
}

export const readAlert = async (id) => (await ask(`alerts/${id}`)).alert

/** Every alert of a rule, quiet ones too. */
export const readAlertsOf = async (rule) => (await ask(`alerts?rule=${rule}`)).alerts

/** -> { changes, has_more }, the newest first */
export const readHistory = (id, before = 0) => ask(`alerts/${id}/history?${new URLSearchParams({ before, limit: 100 })}`)

export const readRule = async (id) => (await ask(`rules/${id}`)).rule

export const readRuleVersions = async (id) => (await ask(`rules/${id}/versions`)).versions

/** People whose names have these letters, bots left out: those whose names begin so first. */
export const findPeople = async (q, limit) => (await ask(`people?${new URLSearchParams({ q, limit })}`)).people.filter((one) => !one.is_bot)

/** The people with these ids, as far as they are here. */
export const readPeople = async (ids) => (await ask(`people?${new URLSearchParams(ids.map((id) => ["id", id]))}`)).people

/** What a rule would have done between two moments. */
export const readBacktest = (definition, { from, to }) => askWith("rules/backtest", { definition, from, to })
