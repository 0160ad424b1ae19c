"""Messages that charts show at a time."""

from datetime import datetime

from django.db import transaction

from project.accounts.models import User
from project.between import annotations
from project.realtime import log
from project.realtime.errors import CommandError

from .. import access, events
from ..events import Payload
from ..models import Pin


@transaction.atomic
def pin_message(actor: User, message_id: int, at: datetime | None) -> Payload:
    """Has charts show the message at this time, or when it was sent. Everyone in the room may, and may move it.

    The same time again changes nothing.
    """
    message, _ = access.message_to_change(message_id, actor)
    access.require_changeable(message)
    moment = _to_the_millisecond(at or message.created_at)
    pin = Pin.objects.filter(message=message).select_related("by").first()
    if pin is None or pin.at != moment:
        pin, _ = Pin.objects.update_or_create(message=message, defaults={"at": moment, "by": actor})
        log.append(message.stream, "message.pinned", events.pinned(message, events.pin(pin)))
        annotations.changed()
    return events.pinned(message, events.pin(pin))


@transaction.atomic
def unpin_message(actor: User, message_id: int) -> Payload:
    """Takes it from the charts: for who pinned it, its author, and moderators. Without a pin nothing changes."""
    message, membership = access.message_to_change(message_id, actor)
    access.require_changeable(message)
    pin = Pin.objects.filter(message=message).first()
    if pin is not None:
        if actor.pk not in (pin.by_id, message.author_id) and not membership.may_moderate:
            raise CommandError(
                "forbidden", "Only who pinned it, its author or a moderator may unpin a message."
            )
        pin.delete()
        log.append(message.stream, "message.unpinned", events.pinned(message, None))
        annotations.changed()
    return events.pinned(message, None)


def _to_the_millisecond(at: datetime) -> datetime:
    """What is stored is what the wire says."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
