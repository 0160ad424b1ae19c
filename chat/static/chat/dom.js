// Small helpers for the one document this page is.

/** A fresh copy of the only element in the `<template>` with this id. */
export function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true)
}

/** Shows a short notice that nobody has to answer; it leaves by itself. */
export function toast(text) {
  const element = document.createElement("p")
  element.className = "toast"
  element.textContent = text
  document.getElementById("toasts").append(element)
  passes(element)
}

/** What the server had to say when it made the page goes as everything does that is said in passing. */
export function passToasts() {
  for (const element of document.querySelectorAll(".toast")) passes(element)
}

const passes = (element) => setTimeout(() => element.remove(), TOAST_MS)

const TOAST_MS = 6000

/** Says something to a screen reader, once it has finished what it is saying. */
export function announce(text) {
  document.getElementById("announcer").textContent = text
}

/** "Ann", "Ann and Bob", "Ann, Bob and 3 others". */
export function nameList(names, most = 3) {
  if (names.length <= 1) return names[0] ?? ""
  if (names.length > most) {
    const shown = names.slice(0, most - 1)
    return `${shown.join(", ")} and ${names.length - shown.length} others`
  }
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`
}

/** A textarea as tall as its text, where the style sheet's `field-sizing` does not do it. */
export function fitHeight(textarea) {
  if (CSS.supports("field-sizing", "content")) return
  textarea.style.height = "auto"
  textarea.style.height = `${textarea.scrollHeight}px`
}
