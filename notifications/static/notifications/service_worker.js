// Works for all pages of the site, also while none is open: shows what is pushed, opens what is pressed, takes down what
// was read elsewhere. A notification's tag is its id, so that it is on the screen once, whichever way it came.

const ICON = "/static/notifications/icon.png"
const BADGE = "/static/notifications/badge.png"
const BUTTONS_MAX = 2 // browsers show no more
const URGENT = 5
/** Pages that go from one place to the next anyway. */
const MOVABLE = /^\/(rooms|notifications)\/(?!preferences)/

self.addEventListener("install", () => self.skipWaiting())
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))

self.addEventListener("push", (event) => {
  const message = event.data?.json()
  if (message?.withdraw) event.waitUntil(takeDown(message.withdraw))
  else if (message?.id) event.waitUntil(show(message))
})

/** From a page of ours, which has heard of it before a push was due. */
self.addEventListener("message", (event) => {
  const { show, correct } = event.data ?? {}
  if (show) event.waitUntil(showUnlessSeen(show))
  if (correct) event.waitUntil(correctShown(correct))
})

self.addEventListener("notificationclick", (event) => {
  const { notification, action } = event
  notification.close()
  const { link, urls } = notification.data
  const button = action ? urls[action] : null
  event.waitUntil(button ? open(button, button) : open(`/notifications/${notification.tag}/open/`, link))
})

/**
 * Makes itself heard for each piece of news and each repetition, and not for the same one again. A correction is never
 * heard, and leaves the news that it has overtaken to be.
 */
async function show({ id, revision, news_seq: news, repeated = 0, corrects = false, title, body, link, actions = [], priority }) {
  const [shown] = await self.registration.getNotifications({ tag: String(id) })
  if (shown?.data.revision > revision) return
  const heard = corrects ? { news: shown?.data.news, repeated: shown?.data.repeated } : { news, repeated }
  const again = corrects || (shown?.data.news === news && shown.data.repeated === repeated)
  const links = actions.filter(({ url }) => url).slice(0, BUTTONS_MAX)
  return self.registration.showNotification(title, {
    tag: String(id),
    body,
    icon: ICON,
    badge: BADGE,
    renotify: !again,
    silent: corrects,
    requireInteraction: priority === URGENT,
    actions: links.map(({ label }, index) => ({ action: String(index), title: label })),
    data: { ...heard, link, revision, urls: links.map(({ url }) => url) },
  })
}

/** Where somebody has a page before them, that page tells; and each piece of news is shown once, however many tabs ask. */
async function showUnlessSeen(notification) {
  const pages = await self.clients.matchAll({ type: "window" })
  if (pages.some((page) => page.visibilityState === "visible")) return
  const [shown] = await self.registration.getNotifications({ tag: String(notification.id) })
  if (shown?.data.news !== notification.news_seq) await show(notification)
}

/** Only what is on the screen, and older. */
async function correctShown(notification) {
  const [shown] = await self.registration.getNotifications({ tag: String(notification.id) })
  if (shown?.data.revision < notification.revision) await show({ ...notification, corrects: true })
}

async function takeDown(id) {
  const shown = await self.registration.getNotifications({ tag: String(id) })
  for (const notification of shown) notification.close()
}

/**
 * Goes to an address that leads to a place: in a page of ours that is there already, else in the one that was looked at
 * last, else in a new one. A board on a wall, or settings that somebody is at, stay where they are.
 */
async function open(address, place) {
  const { origin, pathname } = new URL(place, self.location)
  const isOurs = origin === self.location.origin
  const pages = isOurs ? await self.clients.matchAll({ type: "window" }) : [] // the one focused last comes first
  const at = ({ url }) => new URL(url).pathname
  const page = pages.find((one) => at(one) === pathname) ?? pages.find((one) => MOVABLE.test(at(one)))
  if (!page) return self.clients.openWindow(address)
  try {
    await page.focus()
    return await page.navigate(address)
  } catch {
    return self.clients.openWindow(address) // it is not ours to move any more
  }
}
