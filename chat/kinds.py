"""What the chat tells people of in their inboxes."""

from notifications.kinds import Kind, register

MENTION, REPLY, DIRECT, ROOM = "mention", "reply", "direct", "room"
REACTION, INVITATION = "reaction", "invitation"


def register_all() -> None:
    """Makes the chat's kinds known."""
    register(
        Kind(MENTION, "Mentions", "Somebody mentions you by name."),
        Kind(REPLY, "Replies", "Somebody replies to what you wrote."),
        Kind(DIRECT, "Direct messages", "Somebody writes to you in a direct room."),
        Kind(ROOM, "@room", "Somebody calls everyone in a room."),
        Kind(REACTION, "Reactions", "Somebody reacts to what you wrote.", priority=2),
        Kind(INVITATION, "Invitations", "Somebody brings you into a room."),
    )
