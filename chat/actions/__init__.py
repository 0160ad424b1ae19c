"""The only place that changes what the chat knows. Each action changes state and tells of it in one transaction.

Locks are taken in one order, so that no two actions can wait for each other: the room's row, memberships,
the message's row, the room's stream, inbox streams by name, and last what `access.changed` and
`annotations.changed` write.

Actions check what the actor may do and raise CommandError. `as_staff` is for the admin site, which has
checked its own permissions: the actor then has an owner's rights in every room.
"""

from .members import bring_in, invite, join, leave, mark_read, remove, set_involvement, set_role
from .messages import add_reaction, change_message, delete_message, edit_message, remove_reaction
from .pins import pin_message, unpin_message
from .rooms import archive_room, create_room, rename_room, unarchive_room
from .sending import Draft, import_messages, send_messages

__all__ = [
    "Draft",
    "add_reaction",
    "archive_room",
    "bring_in",
    "change_message",
    "create_room",
    "delete_message",
    "edit_message",
    "import_messages",
    "invite",
    "join",
    "leave",
    "mark_read",
    "pin_message",
    "remove",
    "remove_reaction",
    "rename_room",
    "send_messages",
    "set_involvement",
    "set_role",
    "unarchive_room",
    "unpin_message",
]
