"""Payloads: how boards look on the wire, whether in an event, a reply, a read or a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from project.accounts.models import User
from project.between.annotations import Annotation
from project.realtime.log import Entry, timestamp

from .models import Board, BoardVersion

Payload = dict[str, Any]


def summary(board: Board) -> Payload:
    """A board without its panels."""
    return {
        "slug": board.slug,
        "title": board.title,
        "version": board.version,
        "stream": board.stream,
        "updated_at": timestamp(board.updated_at),
    }


def board(board: Board) -> Payload:
    """A whole board."""
    return summary(board) | {"panels": board.panels}


def version(row: BoardVersion) -> Payload:
    """What a board once was."""
    return {
        "version": row.version,
        "title": row.title,
        "panels": row.panels,
        "at": timestamp(row.at),
        "author": _person(row.author),
    }


def changed(board: Board) -> Entry:
    """A board is another one now, or gone, or back."""
    data = summary(board) | {"deleted": board.deleted_at is not None}
    return Entry("board.changed", data)


def tick(
    start: int, step: int, panels: Mapping[str, Sequence[tuple[str, float | None]]], revised: bool
) -> Entry:
    """What a board's panels show of one window."""
    shown = {panel: [list(entry) for entry in entries] for panel, entries in panels.items()}
    return Entry("board.tick", {"t": start, "step": step, "panels": shown, "revised": revised})


def revised() -> Entry:
    """More has changed of what a board shows than its ticks tell."""
    return Entry("board.revised", {})


def annotation(one: Annotation) -> Payload:
    """Something that was said at a time."""
    return one._asdict() | {"at": timestamp(one.at)}


def _person(user: User | None) -> Payload | None:
    return {"id": user.pk, "name": user.name, "avatar": user.avatar_url} if user else None
