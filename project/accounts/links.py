"""Those who have no account but a link: it lets them follow one stream, and nothing else.

What a link leads to is known to the app that gives it out, which registers how its links are looked up.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import NamedTuple


class Link(NamedTuple):
    """What a link that is good now opens, and until when."""

    stream: str
    until: datetime


Look = Callable[[Collection[str]], Mapping[str, Link]]
"""Of these digests, those of links that are good now."""

_looks: dict[str, Look] = {}


def register(mark: str, look: Look) -> None:
    """Makes secrets known that begin with this mark. Called from an app's `ready()`."""
    _looks[mark] = look


def is_link(secret: str) -> bool:
    """Whether this secret could be a link's: those of accounts never are."""
    return secret.startswith(tuple(_looks))


def good(digests: Collection[str]) -> dict[str, Link]:
    """Those of these links that are good now. One query for each kind of link."""
    found: dict[str, Link] = {}
    for look in _looks.values() if digests else ():
        found |= look(digests)
    return found
