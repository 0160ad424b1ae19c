"""One notification by mail."""

import hashlib

from django.conf import settings

from project.jobs.registry import job
from project.jobs.running import Running

from .. import kinds
from ..models import Delivery, DeliveryState
from . import addresses, deliveries, letters

MAX_ATTEMPTS = 12
"""Some hours of a mail server that is away."""


@job("email", max_attempts=MAX_ATTEMPTS)
def email(running: Running) -> None:
    """Sends one delivery to its address. After a crash in between it is sent again, as the same message."""
    row = deliveries.begin(running)
    if row is None:
        return
    try:
        _send(row)
    except letters.Undeliverable as error:
        deliveries.end(running, row, DeliveryState.FAILED, str(error))
    except OSError as error:  # SMTP's own errors too
        deliveries.fail(running, row, f"{type(error).__name__}: {error}")
        raise
    else:
        deliveries.end(running, row, DeliveryState.DELIVERED)


def _send(row: Delivery) -> None:
    told = row.notification
    context = {
        "name": told.recipient.name,
        "notification": told,
        "actor": told.actor,
        "address": addresses.whole(f"/notifications/{told.pk}/open/"),
        "buttons": [button for button in told.actions if button.get("url")],
        "kind": kinds.find(told.kind).title,
    }
    letters.send(
        "notification",
        context,
        subject=f"[{told.source_name}] {told.title}" if told.source_name else told.title,
        to=row.address,
        message_id=message_id("notification", told.pk, row.pk),
        unsubscribe=addresses.unsubscribe(told.recipient_id, told.kind),
    )


def message_id(*parts: object) -> str:
    """The left part of a Message-ID: the same for the same parts, and telling nothing of how many there are."""
    text = ".".join(map(str, (settings.SECRET_KEY, *parts)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
