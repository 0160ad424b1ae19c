/* Tells the server this browser's time zone, so that every page is right before any of its modules has run. */
;(() => {
  const COOKIE_SECONDS = 31_536_000
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  document.cookie = `zone=${timeZone}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`
})()
