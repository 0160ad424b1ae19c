// The row of reactions below a message, and what happens when one is pressed.

import { fromTemplate, nameList, toast } from "./dom.js"
import { nameOf } from "./emoji.js"

/** Makes the row show exactly `reactions`, keeping the buttons that stay, so that focus stays with them. */
export function fillReactions(row, reactions, me, nameOfUser) {
  const box = row.querySelector(".reactions")
  const old = new Map([...box.children].map((button) => [button.dataset.emoji, button]))
  const buttons = reactions.map((reaction) => {
    const button = old.get(reaction.emoji) ?? fromTemplate("reaction-template")
    button.dataset.emoji = reaction.emoji
    button.dataset.users = reaction.users.join(" ")
    button.querySelector(".reaction-emoji").textContent = reaction.emoji
    button.querySelector(".reaction-count").textContent = reaction.users.length
    button.setAttribute("aria-pressed", String(reaction.users.includes(me)))
    labelReaction(button, nameOfUser)
    return button
  })
  for (const button of old.values()) if (!buttons.includes(button)) button.remove()
  buttons.forEach((button, at) => box.children[at] === button || box.insertBefore(button, box.children[at] ?? null))
}

export function labelReaction(button, nameOfUser) {
  const users = button.dataset.users.split(" ").filter(Boolean).map(Number)
  const label = `${nameList(users.map(nameOfUser), 6)} reacted with ${nameOf(button.dataset.emoji)}`
  button.title = label
  button.setAttribute("aria-label", `${users.length} ${button.dataset.emoji}: ${label}`)
}

/** Adds my reaction, or takes it back if it is there. */
export async function toggleReaction(live, row, emoji) {
  const mine = [...row.querySelectorAll('.reaction[aria-pressed="true"]')].some((b) => b.dataset.emoji === emoji)
  try {
    await live.command(mine ? "reaction.remove" : "reaction.add", { message: Number(row.dataset.id), emoji })
  } catch (error) {
    toast(error.message)
  }
}
