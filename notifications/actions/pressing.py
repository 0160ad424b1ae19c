"""Buttons on notifications that have this site POST something to whoever sent them, signed."""

import hashlib
import hmac
import json
import secrets
import time
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from project.accounts.models import ApiToken, User
from project.jobs import queue
from project.realtime.errors import CommandError

from .. import events
from ..haste import Haste
from ..models import Notification
from . import inboxes
from .reading import acknowledge

SIGNATURE = "Watchroom-Signature"
TIMEOUT_SECONDS = 10


class NotTaken(Exception):
    """The other side did not take the POST."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would lead to hosts that the operator has not allowed."""

    def redirect_request(self, *args: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def may_post_to(url: str) -> bool:
    """Whether the operator lets buttons POST to this address."""
    try:
        address = urlsplit(url)
        return address.scheme in ("http", "https") and address.netloc in settings.ACTION_HOSTS
    except ValueError:
        return False


@transaction.atomic
def press(user_id: int, notification_id: int, action: int, revision: int) -> None:
    """Has the POST of this button done in the background, as this revision of the notification shows it, and
    acknowledges the notification.

    Raises CommandError `conflict` where it shows something else by now, `not_found` where there is no such button.
    """
    inboxes.hold([user_id])
    row = Notification.objects.filter(pk=notification_id, recipient=user_id, withdrawn_at=None).first()
    if row is not None and row.revision != revision:
        raise CommandError("conflict", "This has changed in the meantime. Look at it again.")
    if row is None or action >= len(row.actions) or not row.actions[action]["post"]:
        raise CommandError("not_found", "There is no such button.")
    acknowledge(user_id, [notification_id])
    row.refresh_from_db(fields=("acknowledged_at",))
    args = {
        "user_id": user_id,
        "button": row.actions[action],
        "said": {
            "delivery": secrets.token_hex(8),
            "notification": row.pk,
            "title": row.title,
            "source": row.source,
            "at": events.moment(row.acknowledged_at),
        },
    }
    queue.put("act", args, key=f"act.{row.pk}.{revision}.{action}", priority=Haste.FIRST)


def post(user_id: int, button: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """POSTs what a pressed button says, as it was when it was pressed: with the same `delivery` at every attempt, since
    one whose answer was lost is repeated.

    Raises NotTaken, or what the network raises, where it was not taken.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return  # deleted since
    token = ApiToken.objects.filter(pk=button["token"]).first()
    if token is None or not token.usable or not may_post_to(button["post"]):
        raise NotTaken("the token that sent this notice, or its host, is not allowed any more")
    person = {"id": user.pk, "username": user.username, "name": user.name}
    whole = {**said, "label": button["label"], "data": button["body"], "user": person}
    body = json.dumps(whole, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": said["delivery"],
        SIGNATURE: signature(token.digest, body, int(time.time())),
    }
    request = urllib.request.Request(button["post"], body, headers, method="POST")  # noqa: S310  see may_post_to
    with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise NotTaken(f"it was answered with {answer.status}")


def signature(secret: str, body: bytes, at: int) -> str:
    """What the header says: the time, and the HMAC-SHA256 of time, dot and body, in hex.

    The secret is the token's SHA-256 in hex: both sides have it, and it goes over no wire.
    """
    signed = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"
