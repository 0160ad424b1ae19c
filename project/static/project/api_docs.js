// Draws the API description. Requests made from the page carry the reader's session and the CSRF token it needs.

const element = document.querySelector("#api-docs")

const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? ""

/** swagger-ui is dark where the root has this class. */
const dark = matchMedia("(prefers-color-scheme: dark)")
function matchTheme() {
  const { theme } = document.documentElement.dataset
  document.documentElement.classList.toggle("dark-mode", theme ? theme === "dark" : dark.matches)
}
matchTheme()
dark.addEventListener("change", matchTheme)

window.SwaggerUIBundle({
  domNode: element,
  url: element.dataset.openapi,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor(request) {
    const ours = new URL(request.url, location.href).origin === location.origin
    if (ours && csrfToken()) request.headers["X-CSRFToken"] = csrfToken()
    return request
  },
})
