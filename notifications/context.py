"""What every page of somebody who is signed in needs for its bell."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from project.accounts.models import User
from project.accounts.secrets import digest
from project.realtime import log

from . import kinds, queries
from .access import stream_of
from .events import Payload
from .models import Settings

SIGN_IN = 12  # characters: enough to tell one session of a browser from the next
ICONS = {
    "mention": "at",
    "reply": "reply",
    "direct": "user",
    "room": "people",
    "reaction": "smile",
    "invitation": "invite",
    "alert": "warning",
    "notice": "megaphone",
    "system": "info",
}
"""The sign of each kind that has one of its own; any other has the bell."""


def bell(request: HttpRequest) -> dict[str, Any]:
    """A context processor: `bell`, read where a template asks for it, and then once."""
    user = getattr(request, "user", None)
    return {"bell": cache(lambda: bell_of(request, user))} if isinstance(user, User) else {}


def bell_of(request: HttpRequest, user: User) -> Payload:
    """What waits for somebody, and the position to follow their inbox from, as read before that. `sign_in` is another
    one for each session."""
    stream = stream_of(user.pk)
    seq = log.heads([stream])[stream].head
    own = Settings.objects.filter(user=user).first()
    return {
        "user": user.pk,
        "sign_in": digest(request.session.session_key or "")[:SIGN_IN],
        "epoch": log.cursor({stream: seq}).partition("/")[0],
        "seq": seq,
        "unread": queries.unread(user.pk),
        "seen_seq": own.seen_seq if own else 0,
        "sound": own.sound if own else False,
        "kinds": [
            {
                "name": kind.name,
                "title": kind.title,
                "icon": ICONS.get(kind.name, "bell"),
                "acknowledged": kind.acknowledged is not None,
            }
            for kind in kinds.registered()
        ],
    }
