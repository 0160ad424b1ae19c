// Which rules watch what a panel shows, how they stand, and where their limits are.

import { inOrder } from "./watch.js"
import { marksOf, unitOf } from "./rule_words.js"

const STATES = ["firing", "recovering", "pending"]

/** Of two sets of labels that series have to have, whether some series can have both. */
const agree = (a = {}, b = {}) => Object.entries(a).every(([name, value]) => b[name] === undefined || b[name] === value)

const isAbout = (condition, query) => condition.query?.metric === query.metric && agree(condition.query.where, query.where)

/** Whether they are numbers of one scale, too. */
const isSame = ({ query: asked }, query) => asked.fn === query.fn && asked.ratio_to?.metric === query.ratio_to?.metric

/** The rules that look at a metric of this panel. */
export function watching(rules, { queries = [] }) {
  return rules.filter(({ enabled, condition }) => enabled && queries.some((query) => isAbout(condition, query)))
}

/** The limits that can be drawn among a panel's values. */
export function marksFor(rules, panel, metrics) {
  const comparable = rules.filter(({ condition }) =>
    condition.kind === "threshold" && panel.queries.some((query) => isAbout(condition, query) && isSame(condition, query)))
  return comparable.flatMap(({ condition }) => marksOf(condition, panel.unit || unitOf(condition, metrics)))
}

/** How these rules stand together: the alert that matters most, or none. */
export function worst(rules, alerts) {
  const ids = new Set(rules.map(({ id }) => id))
  const own = inOrder(alerts.filter(({ rule }) => ids.has(rule)))
  return STATES.flatMap((state) => own.filter((alert) => alert.state === state)).at(0) ?? null
}
