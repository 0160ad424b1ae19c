// Which of a panel's series are shown, and in which order its legend lists them.

/** The ways a legend can be sorted; the first is the usual one. */
export const ORDERS = ["given", "name", "last", "max"]

export class Choice {
  #hidden = new Set()
  order = ORDERS[0]

  isHidden(key) {
    return this.#hidden.has(key)
  }

  toggle(key) {
    if (!this.#hidden.delete(key)) this.#hidden.add(key)
  }

  /** Only this one, or all of them again where it is the only one already. */
  isolate(key, keys) {
    const isAlone = !this.#hidden.has(key) && keys.every((other) => other === key || this.#hidden.has(other))
    this.#hidden = new Set(isAlone ? [] : keys.filter((other) => other !== key))
  }

  shown(series) {
    return series.filter(({ key }) => !this.#hidden.has(key))
  }

  /**
   * As the legend lists them.
   * @param {{ key: string, name: string }[]} series
   * @param {(key: string) => { last: number, max: number } | null} summaryOf
   */
  sorted(series, summaryOf) {
    if (this.order === "given") return [...series]
    const compare = (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })
    if (this.order === "name") return series.toSorted(compare)
    const size = ({ key }) => summaryOf(key)?.[this.order] ?? -Infinity
    return series.toSorted((a, b) => size(b) - size(a) || compare(a, b))
  }
}
