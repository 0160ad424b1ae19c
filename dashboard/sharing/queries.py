"""Links to boards: which are good, and what they show."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from dashboard import access
from dashboard.models import Board, Share
from project.accounts.links import Link
from project.accounts.secrets import digest

KEPT = ("frozen", "frozen_board")
"""What may be large, and few want."""
OPENED_PRECISION = timedelta(minutes=1)
"""How old `opened_at` may get before it is written again."""


def usable() -> QuerySet[Share]:
    """The links that are good now: neither revoked nor over, of a board that is there, by somebody who still is."""
    return Share.objects.filter(
        revoked_at=None, expires_at__gt=timezone.now(), board__deleted_at=None, created_by__is_active=True
    )


def find(secret: str) -> Share | None:
    """The link with this secret, if it is good now."""
    return usable().select_related("board").defer(*KEPT).filter(digest=digest(secret)).first()


def look(digests: Collection[str]) -> Mapping[str, Link]:
    """Those of these that are good now, and follow something."""
    rows = usable().filter(digest__in=digests, frozen_to=None)
    found = rows.values_list("digest", "board__slug", "expires_at")
    return {key: Link(access.stream_of(slug), until) for key, slug, until in found}


def of_board(board: Board) -> list[Share]:
    """A board's links that are good now, the newest first."""
    rows = usable().filter(board=board).select_related("board", "created_by").defer(*KEPT)
    return list(rows.order_by("-pk"))


def frozen(share: Share) -> bytes:
    """What the board showed when the link was made, packed with gzip; nothing if the link has ended by now."""
    return bytes(usable().filter(pk=share.pk).values_list("frozen", flat=True).first() or b"")


def opened(share: Share) -> None:
    """Notes that somebody has opened the link."""
    now = timezone.now()
    if share.opened_at is None or share.opened_at < now - OPENED_PRECISION:
        Share.objects.filter(pk=share.pk).update(opened_at=now)
