"""Links to boards: made, and ended."""

import gzip
import json
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dashboard.models import Board, Share
from dashboard.panels import parsed
from dashboard.queries import boards
from project.accounts.models import User
from project.accounts.secrets import digest, new_secret
from project.realtime import access
from project.realtime.errors import CommandError

from . import queries

MARK = "wrs_"
"""What the secrets of these links begin with, so that a leaked one is recognised."""
SHARES_MAX = 100
"""Good ones, of a board: more than anybody keeps an eye on."""
FROZEN_WIDTH = 1_500
"""As finely as a page asks, see static/dashboard/range.js."""
FROZEN_BYTES_MAX = 4 * 1024 * 1024
"""Compressed, in the database for as long as the link is good."""


def create(
    actor: User, slug: str, seconds: int, name: str, span: tuple[float, float] | None
) -> tuple[Share, str]:
    """Makes a link that is good for so many seconds; returns it with its secret, which nothing else can tell. With a
    `span`, it shows what the board shows of that time now, for good.

    Raises CommandError `not_found`, `conflict` where there are too many, or `too_large`.
    """
    board = boards.find(slug)
    if board.hidden:
        raise CommandError("forbidden", "This chart belongs to messages, and cannot be shared.")
    secret = new_secret(MARK)
    share = Share(
        board=board,
        digest=digest(secret),
        name=name,
        created_by=actor,
        expires_at=timezone.now() + timedelta(seconds=seconds),
    )
    if span:
        share.frozen_from, share.frozen_to = span
        share.frozen = _frozen(board, *span)
        share.frozen_board = {"title": board.title, "panels": board.panels}
    with transaction.atomic():
        Board.objects.select_for_update().get(pk=board.pk)  # one after the other, so that they are counted
        if queries.usable().filter(board=board).count() >= SHARES_MAX:
            raise CommandError(
                "conflict", f"This board has {SHARES_MAX} links already. End some of them first."
            )
        share.save()
    return share, secret


def revoke(actor: User, pk: int) -> Share:
    """Ends a link, and within a second what is open with it.

    Raises CommandError `not_found`.
    """
    with transaction.atomic():
        share = (
            queries.usable().select_related("board", "created_by").defer(*queries.KEPT).filter(pk=pk).first()
        )
        if share is None:
            raise CommandError("not_found", f"There is no link {pk}, or it has ended.")
        share.revoked_at = timezone.now()
        Share.objects.filter(pk=pk).update(revoked_at=share.revoked_at, frozen=b"", frozen_board=None)
        access.changed(link=share.digest)
    return share


def forget(before: datetime) -> None:
    """Removes links that were over before this moment, with what they kept."""
    Share.objects.filter(expires_at__lt=before).delete()


def _frozen(board: Board, start: float, end: float) -> bytes:
    data = {"cursor": ""} | boards.data(parsed(board.panels), start, end, FROZEN_WIDTH)
    packed = gzip.compress(json.dumps(data, separators=(",", ":"), allow_nan=False).encode())
    if len(packed) > FROZEN_BYTES_MAX:
        raise CommandError("too_large", "This is too much to keep in a link. Choose a shorter time.")
    return packed
