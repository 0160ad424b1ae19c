"""Web push (RFC 8030): encrypted for one browser (RFC 8291), signed by this site (RFC 8292)."""

import json
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from django.db import transaction
from django.utils import timezone
from http_ece import ECEException
from pywebpush import WebPusher, WebPushException

from project.jobs.registry import job
from project.jobs.running import Later, Running

from .. import events, queries
from ..actions.notices import clipped
from ..models import BODY_MAX, Delivery, DeliveryState, Device, Notification, Priority
from . import copies, deliveries, keys
from .http import AddressRefused, Answer, post

MAX_ATTEMPTS = 12
"""Five hours of a push service that is away; a message waits there for a day at most anyway."""
SHOWN = (
    *("id", "seq", "news_seq", "kind", "priority", "title", "link", "source", "source_name"),
    *("actions", "count", "revision", "updated_at"),
)
BODY_TRIED = (BODY_MAX, 900, 300, 60)  # characters, each of up to six bytes
PAYLOAD_MAX = 3_900  # bytes: push services take 4,096, of which the encryption needs about a hundred
KEPT_SECONDS = 24 * 60 * 60
"""How long a push service keeps a message for a device that is off. Later, the inbox itself tells what is unread."""
SIGNED_SECONDS = 12 * 60 * 60
LATER_SECONDS = 60
LATER_MAX_SECONDS = 60 * 60
GONE = (404, 410)
BAD_KEYS = (WebPushException, ECEException, ValueError, LookupError)
URGENCY = {Priority.URGENT: "high", Priority.HIGH: "high"}


class PushFailed(Exception):
    """The push service did not take it, but may the next time."""


@job("push", max_attempts=MAX_ATTEMPTS)
def push(running: Running) -> None:
    """Sends one delivery to its device. It is sent again after a crash in between; the same topic and tag show it
    once."""
    row = deliveries.begin(running)
    if row is None:
        return
    device = row.device
    assert device is not None
    try:
        answer = send(row, device)
    except (AddressRefused, aiohttp.InvalidURL, *BAD_KEYS) as error:  # what no attempt would change
        deliveries.end(running, row, DeliveryState.FAILED, f"{type(error).__name__}: {error}")
        return
    except (aiohttp.ClientError, TimeoutError) as error:
        deliveries.fail(running, row, f"{type(error).__name__}: {error}")
        raise
    _settle(running, row, device, answer)


def send(row: Delivery, device: Device) -> Answer:
    """One POST to the device's push service.

    Raises AddressRefused for an address that nothing is sent to, one of BAD_KEYS, and what aiohttp raises.
    """
    subscription = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
    body = WebPusher(subscription).encode(payload_of(row))["body"]
    place = urlsplit(device.endpoint)
    signed = keys.sign(f"{place.scheme}://{place.netloc}", int(time.time()) + SIGNED_SECONDS)
    return post(device.endpoint, body, _headers(row.notification) | signed)


def _headers(row: Notification) -> dict[str, str]:
    left = (row.expires_at - timezone.now()).total_seconds() if row.expires_at else KEPT_SECONDS
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(min(int(left), KEPT_SECONDS), 0)),
        # Of two that wait for a device that is off, the later one about the same notification replaces the earlier.
        "Topic": f"notification-{row.pk}",
        "Urgency": URGENCY.get(Priority(row.priority), "normal"),
    }


def payload_of(row: Delivery) -> bytes:
    """What the service worker is told. The body is cut where the whole would be too long."""
    told = row.notification
    if row.withdraws:
        return _json({"withdraw": told.pk, "unread": queries.unread(told.recipient_id)})
    shown = events.notification(told, None)
    data = {name: shown[name] for name in SHOWN}
    data |= {"repeated": row.step, "corrects": row.corrects, "unread": queries.unread(told.recipient_id)}
    for most in BODY_TRIED:
        data["body"] = clipped(told.body, most)
        if len(encoded := _json(data)) <= PAYLOAD_MAX:
            return encoded
    return _json(data | {"body": "", "link": "", "actions": []})


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _settle(running: Running, row: Delivery, device: Device, answer: Answer) -> None:
    said = f"HTTP {answer.status} {answer.text}"
    if answer.status in (200, 201, 202, 204):
        with transaction.atomic():
            row.notification = deliveries.locked(row.notification_id) or row.notification
            deliveries.end(running, row, DeliveryState.DELIVERED)
            copies.after(row)
    elif answer.status in GONE:
        with transaction.atomic():
            deliveries.end(running, row, DeliveryState.FAILED, said)
            device.delete()
    elif answer.status == 429 or (answer.status == 503 and answer.retry_after):
        deliveries.fail(running, row, said)
        raise Later(wait_of(answer.retry_after))
    elif answer.status >= 500:
        deliveries.fail(running, row, said)
        raise PushFailed(said)
    else:
        deliveries.end(running, row, DeliveryState.FAILED, said)


def wait_of(retry_after: str) -> float:
    """The seconds that a Retry-After header asks for, as a number or a date, within bounds."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            at = parsedate_to_datetime(retry_after)
        except ValueError:
            return LATER_SECONDS
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
    return min(max(1.0, seconds), LATER_MAX_SECONDS)  # in this order, "nan" is a second
