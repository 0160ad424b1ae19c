// Choose one emoji: search, recent ones, arrow keys. One picker for the page, opened beside whatever asks.

import { EMOJI, findEmoji, nameOf } from "./emoji.js"

const RECENT_KEY = "watchroom.emoji"
const RECENT_MAX = 16
const COLUMNS = 8
const MARGIN_PX = 8

export class EmojiPicker {
  #element = document.getElementById("picker")
  #search = document.getElementById("picker-search")
  #body = document.getElementById("picker-body")
  #name = document.getElementById("picker-name")
  #choose = null
  #opener = null

  constructor() {
    this.#search.addEventListener("input", () => this.#draw())
    this.#element.addEventListener("keydown", (event) => this.#move(event))
    this.#body.addEventListener("click", (event) => this.#pick(event.target.closest(".emoji")))
    for (const type of ["focusin", "pointerover"]) {
      this.#body.addEventListener(type, (event) => {
        const emoji = event.target.closest(".emoji")
        if (emoji) this.#name.textContent = emoji.getAttribute("aria-label")
      })
    }
    this.#element.addEventListener("toggle", (event) => {
      if (event.newState === "open") return
      this.#opener?.removeAttribute("aria-expanded")
      this.#choose = null
    })
  }

  /** Opens beside `opener`; calls `choose(char)` at most once. */
  open(opener, choose) {
    this.#opener = opener
    this.#choose = choose
    this.#search.value = ""
    this.#draw()
    this.#element.showPopover()
    this.#place()
    opener.setAttribute("aria-expanded", "true")
    this.#search.focus()
  }

  close() {
    if (this.#element.matches(":popover-open")) this.#element.hidePopover()
  }

  #place() {
    const opener = this.#opener.getBoundingClientRect()
    const { width, height } = this.#element.getBoundingClientRect()
    const above = opener.top - height - MARGIN_PX
    const top = above >= MARGIN_PX ? above : Math.min(opener.bottom + MARGIN_PX, innerHeight - height - MARGIN_PX)
    const left = Math.max(MARGIN_PX, Math.min(opener.right - width, innerWidth - width - MARGIN_PX))
    this.#element.style.top = `${Math.max(MARGIN_PX, top)}px`
    this.#element.style.left = `${left}px`
  }

  #draw() {
    const text = this.#search.value.trim()
    const recent = recentEmoji().map((char) => ({ char, name: nameOf(char) }))
    const groups = text
      ? [{ group: "Found", emoji: findEmoji(text) }]
      : [...(recent.length ? [{ group: "Recent", emoji: recent }] : []), ...EMOJI]
    this.#body.replaceChildren(...groups.flatMap(({ group, emoji }) => [heading(group, emoji.length), grid(emoji)]))
    this.#body.scrollTop = 0
  }

  #move(event) {
    const all = [...this.#body.querySelectorAll(".emoji")]
    const at = all.indexOf(document.activeElement)
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
    if (event.key === "Enter" && at < 0) {
      event.preventDefault()
      this.#pick(all[0])
    } else if (step && (at >= 0 || event.key === "ArrowDown")) {
      event.preventDefault()
      const next = at < 0 ? 0 : at + step
      ;(all[Math.min(next, all.length - 1)] && next >= 0 ? all[Math.min(next, all.length - 1)] : this.#search).focus()
    }
  }

  #pick(button) {
    if (!button) return
    const choose = this.#choose
    const opener = this.#opener
    remember(button.textContent)
    this.close()
    opener?.focus?.()
    choose?.(button.textContent)
  }
}

function heading(group, count) {
  const element = document.createElement("p")
  element.className = "picker-group"
  element.textContent = count ? group : "Nothing by that name"
  return element
}

function grid(emoji) {
  const element = document.createElement("div")
  element.className = "picker-grid"
  element.append(
    ...emoji.map(({ char, name }) => {
      const button = document.createElement("button")
      button.type = "button"
      button.className = "emoji"
      button.textContent = char
      button.setAttribute("aria-label", name)
      button.tabIndex = -1
      return button
    }),
  )
  return element
}

export function recentEmoji() {
  try {
    return JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]")
  } catch {
    return [] // storage is blocked or was written by somebody else: nothing is recent
  }
}

function remember(char) {
  const recent = [char, ...recentEmoji().filter((other) => other !== char)].slice(0, RECENT_MAX)
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(recent))
  } catch {
    // storage is full or blocked: the picker works without a memory
  }
}
