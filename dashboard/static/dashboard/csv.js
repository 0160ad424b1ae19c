// What a panel shows, as a file that a spreadsheet opens.

/** A cell that begins like this would be run as a formula. */
const FORMULA = /^[=+\-@\t\r]/

function cell(text) {
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/**
 * A line for each time within `from` and `to` at which something was measured, and a column for each series.
 * @param {import("./frame.js").Frame} frame
 */
export function toCsv(frame, shown, { from, to }) {
  const lines = [["time", ...shown.map(({ name }) => cell(name))]]
  for (const { time, values } of rowsOf(frame, shown, { from, to })) {
    lines.push([new Date(time * 1000).toISOString(), ...values.map((value) => value ?? "")])
  }
  return lines.map((line) => line.join(",")).join("\r\n") + "\r\n"
}

/** The same as numbers: oldest first. */
export function rowsOf(frame, shown, { from, to }) {
  const rows = []
  for (let place = 0; place < frame.length; place += 1) {
    const time = frame.start + place * frame.step
    if (time + frame.step <= from || time >= to) continue
    const values = shown.map((one) => one.values[place] ?? null)
    if (values.some((value) => value !== null)) rows.push({ time, values })
  }
  return rows
}

/** Lets the browser keep a text as a file. */
export function download(name, text, type) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
