"""Ways to tell people things, and to look at what they were told."""

import json
from typing import Any

from django.db import transaction

from notifications import actions
from notifications.access import stream_of
from notifications.actions import Notice
from notifications.models import Notification
from project.accounts.models import User
from project.realtime import log


def notice(title: str = "Disk full", **more: Any) -> Notice:
    return Notice(**{"kind": "notice", "title": title} | more)


def tell(*people: User, **more: Any) -> dict[int, int]:
    """Tells people a notice in a transaction of its own."""
    with transaction.atomic():
        return actions.notify(notice(**more), [user.pk for user in people])


def kept(user: User) -> list[dict[str, Any]]:
    """All events of somebody's inbox, as the wire has them."""
    return [json.loads(event.item) for event in log.read(stream_of(user.pk), 0, 10_000)]


def only(user: User) -> Notification:
    """The one notification that somebody has."""
    return Notification.objects.get(recipient=user)
