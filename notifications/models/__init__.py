"""What people are told, how it reached them, and what they want. State changes only through `actions`."""

from .audiences import Audience, Broadcast, Deed, Subscription, Topic
from .inbox import ACTIONS_MAX, BODY_MAX, KEY_MAX, LINK_MAX, TITLE_MAX, Notification, Occurrence, Priority
from .reaching import Channel, Delivery, DeliveryState, Device, Digest, Mute, Preference, Settings

__all__ = [
    "ACTIONS_MAX",
    "BODY_MAX",
    "KEY_MAX",
    "LINK_MAX",
    "TITLE_MAX",
    "Audience",
    "Broadcast",
    "Channel",
    "Deed",
    "Delivery",
    "DeliveryState",
    "Device",
    "Digest",
    "Mute",
    "Notification",
    "Occurrence",
    "Preference",
    "Priority",
    "Settings",
    "Subscription",
    "Topic",
]
