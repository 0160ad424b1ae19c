"""The registry of stream kinds: who may read a stream, how long it is kept, and whose presence it shows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The answer to "may this person read this stream?", as the wire says it."""

    OK = "ok"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"


Question = tuple[int, str]
"""May this user (their id) read the stream with this key?"""


@dataclass(frozen=True)
class Retention:
    """An event is pruned when it is older than `days` or when `count` newer ones of its stream are kept."""

    days: int
    count: int


@dataclass(frozen=True)
class Presence:
    """How a kind shows who is there.

    `streams_of` gives the streams that some people's coming and going concerns, `members_of` the people of
    some streams. Each makes a bounded number of queries, however many are asked for.
    """

    streams_of: Callable[[Sequence[int]], Iterable[str]]
    members_of: Callable[[Sequence[str]], Mapping[str, Sequence[int]]]


@dataclass(frozen=True)
class StreamKind:
    """All streams named `<prefix>.<key>`.

    `verdicts(questions)` answers for all of them with a bounded number of queries. Who follows a stream with a link,
    and has no account, sees events of a `public` type, and of others only that there was one. After an event of a
    `redacting` type, older events of the stream may have been rewritten, so nothing may serve its own copy of them.
    """

    prefix: str
    verdicts: Callable[[Sequence[Question]], Mapping[Question, Verdict]]
    retention: Retention
    redacting: frozenset[str] = frozenset()
    presence: Presence | None = None
    public: frozenset[str] = frozenset()


_kinds: dict[str, StreamKind] = {}


def register(kind: StreamKind) -> None:
    """Makes a kind known. Called from an app's `ready()`; a prefix can be taken once."""
    if kind.prefix in _kinds:
        raise ValueError(f"the stream kind {kind.prefix!r} is registered already")
    _kinds[kind.prefix] = kind


def kinds() -> list[StreamKind]:
    """Every registered kind."""
    return list(_kinds.values())


def kind_of(stream: str) -> StreamKind | None:
    """The kind a stream's name belongs to, or None for a name that means nothing here."""
    return _kinds.get(stream.partition(".")[0])


def verdicts(questions: Iterable[Question]) -> dict[Question, Verdict]:
    """May these users read these streams (by their whole names)? An unknown kind is not found."""
    found: dict[Question, Verdict] = {}
    asked: dict[str, list[Question]] = defaultdict(list)
    for user, name in questions:
        prefix, _, key = name.partition(".")
        found[user, name] = Verdict.NOT_FOUND
        if prefix in _kinds and key:
            asked[prefix].append((user, key))
    for prefix, some in asked.items():
        for (user, key), verdict in _kinds[prefix].verdicts(some).items():
            found[user, f"{prefix}.{key}"] = verdict
    return found
