// "@ma" and Enter: whom the writer means. The list stays out of the way until an @ starts a word.

import { fillAvatar } from "../project/avatar.js"
import { matching } from "./matching.js"

const SHOWN = 6
const EVERYONE = { id: 0, name: "room", mention: "room", note: "everyone in this room" }

export class MentionWords {
  #people

  /** `people` is the room's People. */
  constructor(people) {
    this.#people = people
  }

  /** @param {string} before @returns {import("../project/completion.js").Found | null} */
  find(before) {
    const word = /(?:^|[\s(])@([\p{L}\p{N}._-]{0,30})$/u.exec(before)?.[1]
    if (word === undefined) return null
    const people = matching([...this.#people.mentionable(), EVERYONE], word, (person) => [person.name, person.mention])
    return { start: before.length - word.length, items: people.slice(0, SHOWN).map(asItem), offered: false }
  }
}

const asItem = (person) => ({
  text: person.name,
  note: person.note ?? `@${person.mention}`,
  insert: `${person.mention} `,
  draw(face) {
    if (!person.id) return (face.textContent = "@")
    face.classList.add("avatar", "small")
    fillAvatar(face, person)
  },
})
