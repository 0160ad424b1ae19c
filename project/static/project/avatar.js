// How people look who are named: their picture, or a letter on a colour of their own.

const HUES = 10

/** Puts a person's picture, or first letter on their own colour, into an `.avatar`. */
export function fillAvatar(element, person) {
  for (const name of [...element.classList]) if (name.startsWith("hue-")) element.classList.remove(name)
  element.classList.add(`hue-${person.id % HUES}`)
  if (person.avatar) {
    const image = new Image()
    image.src = person.avatar
    image.alt = ""
    element.replaceChildren(image)
  } else {
    element.textContent = [...(person.name ?? "")].slice(0, 1).join("").toUpperCase()
  }
}
