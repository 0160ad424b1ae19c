// Whom a message speaks to.

/** Whether the message speaks to this person, by name or as one of the room. */
export const mentions = (message, user) => message.mentions_room || message.mentions.includes(user)
