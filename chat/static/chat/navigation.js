// From page to page without letting go of the connection: fetches the next page and swaps the panes that differ.

const OURS = /^\/rooms\/(?:\d+\/|find\/)?$/

export class Navigation extends EventTarget {
  #main = document.getElementById("main")
  #shell = document.getElementById("shell")
  #shown = location.pathname
  #latest = 0
  #stay

  /** `stay(url)` may take an address that the open page can show by itself, and then answers true. Announces "swap". */
  constructor(stay) {
    super()
    this.#stay = stay
    document.addEventListener("click", (event) => this.#click(event))
    addEventListener("popstate", () => this.#back())
  }

  /**
   * Shows this address. `push: false` keeps the history as it is, for a page that is loaded again in place.
   * -> whether it is shown; where the network is away it is not, and "unreachable" is announced.
   */
  async go(address, { push = true } = {}) {
    const url = new URL(address, location.href)
    const turn = ++this.#latest
    this.#main.setAttribute("aria-busy", "true")
    const page = await load(url)
    if (turn !== this.#latest) return true // the reader has pressed something else meanwhile
    this.#main.removeAttribute("aria-busy")
    if (page === UNREACHABLE) return !this.dispatchEvent(new Event("unreachable"))
    if (!page) return location.assign(url)
    if (push) history.pushState(null, "", page.url)
    this.#shown = new URL(page.url).pathname
    this.#swap(page.document)
    return true
  }

  #swap(next) {
    const main = next.getElementById("main")
    document.body.className = next.body.className
    for (const { name } of [...this.#main.attributes]) if (name.startsWith("data-")) this.#main.removeAttribute(name)
    Object.assign(this.#main.dataset, main.dataset)
    this.#main.replaceChildren(...main.childNodes)
    document.getElementById("people")?.remove()
    const people = next.getElementById("people")
    if (people) this.#shell.append(people)
    const detail = { title: next.title, data: JSON.parse(next.getElementById("page-data").textContent) }
    this.dispatchEvent(new CustomEvent("swap", { detail }))
  }

  /** Shows an address without leaving the page, where it is one of ours. -> whether it is */
  visit(url) {
    if (url.origin !== location.origin || !OURS.test(url.pathname) || url.hash) return false
    if (url.pathname === location.pathname && this.#stay(url)) {
      if (url.href !== location.href) history.pushState(null, "", url)
    } else this.go(url)
    return true
  }

  #click(event) {
    const link = event.target.closest("a[href]")
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !plain || event.defaultPrevented) return
    if (this.visit(new URL(link.href))) event.preventDefault()
  }

  /** Also called for a change of the #fragment alone, where the right page is shown already. */
  #back() {
    const url = new URL(location.href)
    if (url.pathname === this.#shown) this.#stay(url)
    else this.go(url, { push: false })
  }
}

const UNREACHABLE = Symbol("unreachable")

/** -> {url, document}, UNREACHABLE, or null where only a real load will do: signed out, gone. */
async function load(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } })
    if (!response.ok || !OURS.test(new URL(response.url).pathname)) return null
    const page = new DOMParser().parseFromString(await response.text(), "text/html")
    return page.getElementById("page-data") ? { url: response.url, document: page } : null
  } catch {
    return UNREACHABLE
  }
}
