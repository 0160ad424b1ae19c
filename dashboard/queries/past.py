"""Functions that look back from each window: moving averages, and how many sessions are open.

Over some minutes they are computed from windows of the resolution that is shown. Over hours they take longer ones for
what lies between, and short ones at both ends: as exact, from a sixtieth of the rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dashboard import store
from dashboard.models import Kind
from dashboard.tiers import TIERS, Tier

from .cells import Row

LOOKING_BACK = ("moving_avg", "sessions")
BLOCKS_LEAST = 30
"""Longer windows are taken only where so many of them make up what is looked back over."""

Rows = Sequence[Row]
Sums = dict[int, tuple[int, float]]
"""Counts and sums, by the starts of windows."""


class Look(NamedTuple):
    """From the windows that start in `[first, end)`, back over so many seconds."""

    tier: Tier
    first: int
    end: int
    seconds: int

    @property
    def step(self) -> int:
        return self.tier.step

    @property
    def places(self) -> int:
        """How many windows are looked at from one, itself among them."""
        return max(1, round(self.seconds / self.step))

    @property
    def start(self) -> int:
        """Where what is looked at begins."""
        return self.first - (self.places - 1) * self.step

    @property
    def block(self) -> Tier | None:
        """The longer windows to take, if there is anything to be gained."""
        fitting = [
            tier for tier in TIERS if self.step < tier.step and self.seconds >= tier.step * BLOCKS_LEAST
        ]
        return fitting[-1] if fitting else None


class Past:
    """What there is of some series, in short windows and in long ones."""

    def __init__(self, fine: Iterable[Row], coarse: Iterable[Row] = (), block: int = 0) -> None:
        self.block = block
        self._fine: dict[int, list[Row]] = defaultdict(list)
        self._coarse: dict[int, list[Row]] = defaultdict(list)
        for rows, found in ((fine, self._fine), (coarse, self._coarse)):
            for row in rows:
                found[row[0]].append(row)

    def of(self, series: Iterable[int]) -> tuple[list[Row], list[Row]]:
        """The short and the long windows of these series."""
        ids = list(series)
        return (
            [row for pk in ids for row in self._fine.get(pk, ())],
            [row for pk in ids for row in self._coarse.get(pk, ())],
        )


def read(look: Look, series: Sequence[int]) -> Past:
    """What `look` needs of these series: three reads at most."""
    block = look.block
    if block is None or not series:
        return Past(store.rows(look.tier, series, look.start, look.end) if series else ())
    left_end = look.end - look.places * look.step + block.step
    right = block.window(look.first)
    spans = [(look.start, left_end), (right, look.end)] if left_end < right else [(look.start, look.end)]
    fine = [row for first, end in spans for row in store.rows(look.tier, series, first, end)]
    return Past(fine, store.rows(block, series, look.start, look.end), block.step)


def moving(look: Look, past: Past, series: Iterable[int], kind: str) -> dict[int, float]:
    """The average over the seconds that end with each window; of a counter, its rate over them.

    Windows in which nothing was measured have none.
    """
    fine, coarse = map(_summed, past.of(series))
    found = {}
    for start in range(look.first, look.end, look.step):
        if start in fine and (value := _mean(look, past.block, fine, coarse, start, kind)) is not None:
            found[start] = value
    return found


def mean(look: Look, past: Past, series: Iterable[int], kind: str) -> float | None:
    """The same for the first window alone, whether or not anything was measured in just that one."""
    fine, coarse = map(_summed, past.of(series))
    return _mean(look, past.block, fine, coarse, look.first, kind)


def _mean(look: Look, block: int, fine: Sums, coarse: Sums, start: int, kind: str) -> float | None:
    low, high = start - (look.places - 1) * look.step, start + look.step
    # Summed anew each time: taking away what has left would leave what rounding made of it.
    some = [fine[at] for at in _edges(low, high, block, look.step) if at in fine]
    some += [coarse[at] for at in _whole(low, high, block) if at in coarse]
    total = math.fsum(total for _, total in some)
    count = sum(count for count, _ in some)
    if not count:
        return None
    return total / (look.places * look.step) if kind == Kind.COUNTER else total / count


def sessions(look: Look, past: Past, series: Iterable[int], kind: str) -> dict[int, float]:
    """In how many of these series something happened within the seconds that end with each window.

    What happens in a series with shorter pauses than that is one session: so it is how many of them are open.
    """
    changes: dict[int, int] = defaultdict(int)
    for pk in series:
        fine, coarse = past.of([pk])
        length = look.places * look.step
        # From when to when a session is open for having been active here. All of a long window must be looked at.
        spans = [(row[1], row[1] + length) for row in fine if active(row, kind)]
        spans += [(row[1] + past.block - look.step, row[1] + length) for row in coarse if active(row, kind)]
        for begin, end in _joined(spans):
            changes[max(begin, look.first)] += 1
            changes[max(end, look.first)] -= 1
    found, open_now = {}, 0
    for start in range(look.first, look.end, look.step):
        open_now += changes.get(start, 0)
        found[start] = float(open_now)
    return found


def active(row: Row, kind: str) -> bool:
    """Of a counter something was counted; of anything else there was a measurement other than zero."""
    return bool(row[3] if kind == Kind.COUNTER else row[4] or row[5])


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _summed(rows: Iterable[Row]) -> Sums:
    found: Sums = {}
    for row in rows:
        count, total = found.get(row[1], (0, 0.0))
        found[row[1]] = (count + row[2], total + row[3])
    return found


def _whole(low: int, high: int, block: int) -> range:
    """The long windows that lie within."""
    return range(-(-low // block) * block, high // block * block, block) if block else range(0)


def _edges(low: int, high: int, block: int, step: int) -> list[int]:
    """The short windows that lie in none of those."""
    whole = _whole(low, high, block)
    if not whole:
        return list(range(low, high, step))
    return [*range(low, whole[0], step), *range(whole[-1] + block, high, step)]
