"""Boards: made, changed, deleted, and brought back. Every version is kept."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from dashboard import events
from dashboard.models import SLUG_MAX, Board, BoardVersion
from project.accounts.models import User
from project.realtime import access, log
from project.realtime.errors import CommandError

BOARDS_MAX = 500
"""Not deleted ones. A site with more has a program that makes them."""
NUMBERED_MAX = 1_000
RESERVED = frozenset({"alerts", "preview", "shared"})
"""Slugs that would have the address of something else."""
CHART = re.compile(r"chart-[0-9a-f]{32}")
"""The slugs of charts in messages, which are made from what they show."""


def create(actor: User | None, title: str, panels: Sequence[dict[str, Any]], slug: str = "") -> Board:
    """Makes a board. Without a slug, its title makes one that is free; nobody is the author of what comes with the
    site.

    Raises CommandError `conflict` for a slug that is taken, even by a deleted board.
    """
    if Board.objects.filter(deleted_at=None, hidden=False).count() >= BOARDS_MAX:
        raise CommandError("conflict", f"There are {BOARDS_MAX} boards already.")
    name = slug or _free(slugify(title)[: SLUG_MAX - 5] or "board")
    if name in RESERVED or CHART.fullmatch(name):
        raise CommandError("conflict", f"No board can be called {name!r}.", fields={"slug": "is taken"})
    with transaction.atomic():
        board, made = Board.objects.get_or_create(slug=name, defaults={"title": title, "panels": panels})
        if not made:
            raise CommandError(
                "conflict", f"There is a board {name!r} already, or was.", fields={"slug": "is taken"}
            )
        _keep(board, actor)
        _tell(board)
    return board


def update(
    actor: User, slug: str, title: str | None, panels: Sequence[dict[str, Any]] | None, version: int | None
) -> Board:
    """Changes what is given. With a `version`, only where nobody has changed the board since that one.

    Raises CommandError `not_found`, or `conflict` where somebody has.
    """
    with transaction.atomic():
        board = _locked(slug)
        if version is not None and version != board.version:
            raise CommandError(
                "conflict",
                "Somebody has changed this board in the meantime. Load it again.",
                fields={"version": f"is {board.version} now"},
            )
        board.title = board.title if title is None else title
        board.panels = board.panels if panels is None else list(panels)
        _next(board, actor)
    return board


def renew(slug: str, title: str, panels: Sequence[dict[str, Any]]) -> None:
    """Makes a board that came with the site what it comes as now, where nobody has ever changed it: in its place, so
    that it still is one that nobody has changed."""
    as_it_came = Board.objects.select_for_update().filter(
        slug=slug, version=1, deleted_at=None, pk__in=BoardVersion.objects.filter(author=None).values("board")
    )
    with transaction.atomic():
        board = as_it_came.first()
        if board is None or (board.title, board.panels) == (title, list(panels)):
            return
        board.title, board.panels, board.updated_at = title, list(panels), timezone.now()
        board.save(update_fields=("title", "panels", "updated_at"))
        BoardVersion.objects.filter(board=board).update(title=title, panels=board.panels, at=board.updated_at)
        _tell(board)


def delete(actor: User, slug: str) -> Board:
    """Takes a board away; it can be restored.

    Raises CommandError `not_found`.
    """
    with transaction.atomic():
        board = _locked(slug)
        board.deleted_at = board.updated_at = timezone.now()
        board.save(update_fields=("deleted_at", "updated_at"))
        _tell(board)
        access.changed(stream=board.stream)
    return board


def restore(actor: User, slug: str, version: int | None) -> Board:
    """Brings a deleted board back, and with a `version` what it was then, as a new version.

    Raises CommandError `not_found`.
    """
    with transaction.atomic():
        board = _locked(slug, deleted=version is None)
        if version is not None:
            old = BoardVersion.objects.filter(board=board, version=version).first()
            if old is None:
                raise CommandError("not_found", f"There is no version {version} of this board.")
            board.title, board.panels = old.title, old.panels
        board.deleted_at = None
        _next(board, actor)
    return board


def _locked(slug: str, *, deleted: bool = False) -> Board:
    board = Board.objects.select_for_update().filter(slug=slug).first()
    if board is None or (board.deleted_at is not None and not deleted):
        raise CommandError("not_found", f"There is no board {slug[:80]!r}.")
    if board.hidden:
        raise CommandError("forbidden", "This chart belongs to messages, and cannot be changed.")
    return board


def _next(board: Board, actor: User) -> None:
    board.version += 1
    board.updated_at = timezone.now()
    board.save(update_fields=("title", "panels", "version", "updated_at", "deleted_at"))
    _keep(board, actor)
    _tell(board)


def _keep(board: Board, actor: User | None) -> None:
    BoardVersion.objects.create(
        board=board, version=board.version, title=board.title, panels=board.panels, author=actor
    )


def _tell(board: Board) -> None:
    entry = events.changed(board)
    log.append(board.stream, entry.type, entry.data)


def _free(base: str) -> str:
    taken = set(Board.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    if base not in taken:
        return base
    return next(name for name in (f"{base}-{n}" for n in range(2, NUMBERED_MAX)) if name not in taken)
