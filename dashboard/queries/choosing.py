"""Which lines a query draws, where there are more than can be told apart."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

LINES_MAX = 100
"""Of one query: more cannot be told apart in a chart."""
LATELY_SECONDS = 300.0
"""What was measured so lately comes before what was not. Most things are measured more often."""


class Member(NamedTuple):
    """A series of a group, and when it was measured last."""

    series: int
    last_at: float


def drawn(groups: Mapping[str, Sequence[Member]], end: float) -> list[str]:
    """Which of these groups are drawn up to the moment `end`: of what was measured lately, what has been known longest.

    So what is new never takes the place of what is drawn, and windows that are read one by one have the lines that
    all of them together have.
    """
    if len(groups) <= LINES_MAX:
        return sorted(groups)

    def rank(key: str) -> tuple[bool, int]:
        members = groups[key]
        is_gone = max(member.last_at for member in members) < end - LATELY_SECONDS
        return is_gone, min(member.series for member in members)

    return sorted(sorted(groups, key=rank)[:LINES_MAX])
