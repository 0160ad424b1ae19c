// Finds by a few typed letters: a beginning of the name first, then a beginning of any word, then letters anywhere.

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

function rank(text, wanted) {
  const name = fold(text)
  if (name.startsWith(wanted)) return 0
  if (name.split(/[\s._-]+/).some((word) => word.startsWith(wanted))) return 1
  return name.includes(wanted) ? 2 : Infinity
}

/** The items that match `text`, best first; all of them, in their own order, when nothing is typed. */
export function matching(items, text, textsOf) {
  const wanted = fold(text.trim())
  if (!wanted) return [...items]
  return items
    .map((item) => ({ item, rank: Math.min(...textsOf(item).map((one) => rank(one ?? "", wanted))) }))
    .filter((found) => found.rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .map((found) => found.item)
}
