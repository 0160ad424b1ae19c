"""What was said at a time, for charts to show at that time. The chat offers it, the dashboard asks."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from project.accounts.models import User


class Annotation(NamedTuple):
    """Something that belongs to a moment. `url` leads back to where it was said."""

    id: str
    at: datetime
    text: str
    author: str
    url: str


Source = Callable[[User, datetime, datetime, int], list[Annotation]]
"""Takes a person, a range of time and how many at most; returns what this person may see of it, the oldest first."""

_sources: list[Source] = []
_listeners: list[Callable[[], None]] = []


def register(source: Source) -> None:
    """Adds a source. Called from an app's `ready()`."""
    _sources.append(source)


def between(user: User, start: datetime, end: datetime, limit: int) -> list[Annotation]:
    """What all sources have for this person, by time; the first `limit`."""
    found = [one for source in _sources for one in source(user, start, end, limit)]
    return sorted(found, key=lambda one: (one.at, one.id))[:limit]


def on_change(listener: Callable[[], None]) -> None:
    """Has `listener()` called, in the transaction, when there are more, fewer, or other annotations."""
    _listeners.append(listener)


def changed() -> None:
    """To be called by a source, in the transaction of the change."""
    for listener in _listeners:
        listener()
