// Draws the API description. Requests made from the page carry the reader's session and the CSRF token it needs.

const element = document.querySelector("#api-docs")

const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? ""

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
