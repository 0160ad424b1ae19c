// Labels as people write them in one line: "room=7, host=web-1".

export function labelsText(labels) {
  return Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`).join(", ")
}

/** @throws {Error} with a message for a person, where a part has no "=" */
export function labelsOf(text) {
  const parts = text.split(",").map((part) => part.trim()).filter(Boolean)
  return Object.fromEntries(parts.map((part) => {
    const place = part.indexOf("=")
    if (place < 1) throw new Error(`Write labels as name=value, not “${part}”.`)
    return [part.slice(0, place).trim(), part.slice(place + 1).trim()]
  }))
}

/** What can be said of a series that only a tick has told of. */
export function described(key) {
  try {
    const labels = JSON.parse(key)
    return { labels, name: Object.values(labels).join(", ") || key }
  } catch {
    return { labels: {}, name: key }
  }
}
