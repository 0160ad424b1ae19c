"""The only place that changes what people are told and what they want. Each action tells of it in one transaction.

Locks are taken in one order, so that no two actions can wait for each other: what the caller holds (a room's stream),
a broadcast's row, inbox streams by name, and then the notifications of those people, jobs by key.
"""

from .broadcasting import broadcast, tell
from .devices import add_device, remove_device, renew_device
from .notices import ActionButton, Notice, clipped
from .pressing import may_post_to, press
from .reading import acknowledge, read, read_all, read_source, seen, snooze, unread, unread_all
from .retelling import retell
from .sending import send_to_people, send_to_topic, take_back
from .telling import notify, notify_all
from .wishes import (
    describe_topic,
    follow,
    make_topic,
    mute,
    save_settings,
    set_preference,
    set_turn,
    topic_named,
    unfollow,
    unmute,
)
from .withdrawing import amend, expire, withdraw, withdraw_notifications, withdraw_source

__all__ = [
    "ActionButton",
    "Notice",
    "acknowledge",
    "add_device",
    "amend",
    "broadcast",
    "clipped",
    "describe_topic",
    "expire",
    "follow",
    "make_topic",
    "may_post_to",
    "mute",
    "notify",
    "notify_all",
    "press",
    "read",
    "read_all",
    "read_source",
    "remove_device",
    "renew_device",
    "retell",
    "save_settings",
    "seen",
    "send_to_people",
    "send_to_topic",
    "set_preference",
    "set_turn",
    "snooze",
    "take_back",
    "tell",
    "topic_named",
    "unfollow",
    "unmute",
    "unread",
    "unread_all",
    "withdraw",
    "withdraw_notifications",
    "withdraw_source",
]
