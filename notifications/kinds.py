"""The registry of kinds: what sorts of things people are told, and how far each may go by default."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .models import Priority


@dataclass(frozen=True)
class Kind:
    """A sort of notification. `push` and `email` say whether it may go there without a person's own wish.

    `acknowledged(user_id, dedupe_keys)` is called in the transaction in which somebody acknowledges some, with the keys
    of what these tell of. The person's inbox is locked then: put a job, where more is to be done.
    """

    name: str
    title: str
    description: str
    priority: int = Priority.NORMAL
    push: bool = True
    email: bool = True
    acknowledged: Callable[[int, Sequence[str]], None] | None = None


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Makes kinds known. Called from an app's `ready()`; a name can be taken once."""
    for kind in kinds:
        if kind.name in _kinds:
            raise ValueError(f"the kind {kind.name!r} is registered already")
        _kinds[kind.name] = kind


def find(name: str) -> Kind:
    """The kind of this name.

    Raises KeyError where no app has registered it.
    """
    return _kinds[name]


def registered() -> list[Kind]:
    """Every kind, in the order in which the apps name them."""
    return list(_kinds.values())


def register_own() -> None:
    """What this app tells of by itself."""
    register(
        Kind("notice", "Notices", "What programs and people send to a topic you follow, or to you."),
        Kind("system", "This site", "What the people who run this site want everyone to know."),
    )
