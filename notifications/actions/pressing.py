"""Buttons on notifications that have this site POST something to whoever sent them, signed."""

import hashlib
import hmac
import json
import secrets
import time
import urllib.request
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
def press(user_id: int, notification_id: int, action: int) -> None:
    """Has the POST of this button done in the background, and acknowledges the notification.

    Raises CommandError `not_found` where there is no such button.
    """
    row = Notification.objects.filter(pk=notification_id, recipient=user_id, withdrawn_at=None).first()
    if row is None or action >= len(row.actions) or not row.actions[action]["post"]:
        raise CommandError("not_found", "There is no such button.")
    acknowledge(user_id, [notification_id])
    delivery = secrets.token_hex(8)
    args = {"notification_id": notification_id, "action": action, "user_id": user_id, "delivery": delivery}
    queue.put("act", args, key=f"act.{notification_id}.{action}", priority=Haste.FIRST)


def post(notification_id: int, action: int, user_id: int, delivery: str) -> None:
    """POSTs what a pressed button says. `delivery` is the same for every attempt at one press.

    Raises NotTaken, or what the network raises, where it was not taken.
    """
    row = Notification.objects.filter(pk=notification_id).first()
    user = User.objects.filter(pk=user_id).first()
    if row is None or user is None or action >= len(row.actions):
        return  # deleted or taken back since
    button = row.actions[action]
    token = ApiToken.objects.filter(pk=button["token"]).first()
    if token is None or not token.usable or not may_post_to(button["post"]):
        raise NotTaken("the token that sent this notice, or its host, is not allowed any more")
    said = {
        "delivery": delivery,
        "notification": notification_id,
        "title": row.title,
        "source": row.source,
        "label": button["label"],
        "data": button["body"],
        "user": {"id": user.pk, "username": user.username, "name": user.name},
        "at": events.moment(row.acknowledged_at),
    }
    body = json.dumps(said, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", SIGNATURE: signature(token.digest, body, int(time.time()))}
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
