"""From running totals to what was added: the difference to the last total of the series, kept with it."""

import json
from dataclasses import replace
from typing import Any

from .buckets import Exponential, layout
from .points import Distribution, Point

TRUSTED_START_SECONDS = 3_600.0
"""The first total that is seen counts in full where it began so recently: a program that has just been started. An
older one has been counting since before we listened, and is only what the next is compared with."""
SAME_START_SECONDS = 0.5
"""Starts that differ by less are one: some senders compute theirs anew each time."""


def added(point: Point, state: str) -> tuple[Point | None, str]:
    """What a running total adds to the one before, and the new state. None where it adds nothing that we can know of.

    A total that shrank, or began later than the last one was taken, starts over. One that is not newer than the last
    is part of that already.
    """
    before: dict[str, Any] = json.loads(state) if state else {}
    if before and point.at <= before["at"]:
        return None, state
    if not before:
        recent = point.since and point.at - point.since <= TRUSTED_START_SECONDS
        return (_whole(point) if recent else None), _state(point)
    restarted = point.since > before["since"] + SAME_START_SECONDS and before["since"] > 0
    if point.distribution is None:
        shrank = point.value < before["value"]
        value = point.value if restarted or shrank else point.value - before["value"]
        return replace(point, value=value, running=False), _state(point)
    values = None if restarted else _difference(point.distribution, before)
    if values is None:
        return _whole(point), _state(point)
    if not values.count:
        return None, _state(point)
    return replace(point, distribution=values, running=False), _state(point)


def _whole(point: Point) -> Point | None:
    if point.distribution is not None and not point.distribution.count:
        return None
    return replace(point, running=False)


def _difference(now: Distribution, before: dict[str, Any]) -> Distribution | None:
    """None where they are not of one count."""
    old = {int(index): count for index, count in before.get("buckets", {}).items()}
    then = layout(before.get("layout", ""))
    if then.text != now.layout.text:
        if not isinstance(then, Exponential) or not isinstance(now.layout, Exponential):
            return None
        if then.scale < now.layout.scale:
            return None
        old = then.coarsened(old, now.layout.scale)
    buckets = {index: count - old.get(index, 0) for index, count in now.buckets.items()}
    if any(count < 0 for count in buckets.values()) or old.keys() - buckets.keys():
        return None
    count = now.count - before["count"]
    if count < 0:
        return None
    left = {index: n for index, n in buckets.items() if n}
    total = None if now.sum is None or before["sum"] is None else now.sum - before["sum"]
    return Distribution(count, total, left, now.layout)


def _state(point: Point) -> str:
    state: dict[str, Any] = {"at": point.at, "since": point.since}
    if point.distribution is None:
        state["value"] = point.value
    else:
        values = point.distribution
        state |= {"count": values.count, "sum": values.sum, "layout": values.layout.text}
        state["buckets"] = values.buckets
    return json.dumps(state, separators=(",", ":"))
