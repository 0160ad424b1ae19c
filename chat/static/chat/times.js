// Times as the reader's own clock and calendar say them, with the full moment on hover.

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" })
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" })
const dayAndYear = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
})
const DAY_MS = 86_400_000

/** The calendar day of a moment where the reader is: equal for two moments of one day. */
export const dayOf = (iso) => new Date(iso).toDateString()

export const clock = (moment) => time.format(new Date(moment))

export function dayName(iso, now = Date.now()) {
  const date = new Date(iso)
  if (date.toDateString() === new Date(now).toDateString()) return "Today"
  if (date.toDateString() === new Date(now - DAY_MS).toDateString()) return "Yesterday"
  return (date.getFullYear() === new Date(now).getFullYear() ? day : dayAndYear).format(date)
}

/** Fills a `<time datetime data-show="time|day">`; an empty datetime is left alone. */
export function showTime(element) {
  const iso = element.getAttribute("datetime")
  if (!iso || Number.isNaN(Date.parse(iso))) return
  element.textContent = element.dataset.show === "day" ? dayName(iso) : clock(iso)
  element.title = full.format(new Date(iso))
}

export function showTimes(root) {
  for (const element of root.querySelectorAll("time[data-show]")) showTime(element)
}
