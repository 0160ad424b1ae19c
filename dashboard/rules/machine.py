"""The four states of an alert, and what leads from one to another. In event time: it knows no clock and no database.

`ok`, `pending` while the condition is true, `firing` once it was for long enough, `recovering` while it is back but not
for long enough, and `ok` again. Between the bound and where it recovers nothing changes, so a value that swings around
the bound raises one alert.
"""

from enum import Enum
from typing import NamedTuple

from dashboard.models import State

from .schemas import Policy


class Seen(Enum):
    """What a look at a label set says."""

    BAD = "bad"
    BETWEEN = "between"
    """No longer beyond the bound, and not yet back where it recovers."""
    GOOD = "good"
    NO_DATA = "no data"
    ERROR = "error"


class Status(NamedTuple):
    """A state since a moment, which counts as lasting from `mark` on: later than `since` by what nobody could see."""

    state: State = State.OK
    since: int = 0
    mark: int = 0


class Timing(NamedTuple):
    """How long things have to last, and what to make of looks that say nothing. In seconds."""

    every: int = 10
    holds_for: int = 0
    keep_firing: int = 0
    no_data: Policy = "keep"
    on_error: Policy = "keep"


OK = Status()
FIRES = (State.FIRING, State.RECOVERING)
"""Somebody was told, and it is not over."""


def step(status: Status, seen: Seen, at: int, before: int, timing: Timing) -> Status:
    """The status after a look at the moment `at`. `before` is the moment of the look before, or 0 where there was none:
    what lies between them and is longer than usual was not seen, and counts for nothing."""
    effective = _effective(seen, timing)
    elapsed = at - before if before else 0
    if effective is None:
        return _held(status, elapsed)
    return _moved(_held(status, max(elapsed - timing.every, 0)), effective, at, timing)


def _effective(seen: Seen, timing: Timing) -> Seen | None:
    """What a look is taken for; None: for nothing."""
    policies = {Seen.NO_DATA: timing.no_data, Seen.ERROR: timing.on_error}
    taken: dict[Policy, Seen | None] = {"ok": Seen.GOOD, "alert": Seen.BAD, "keep": None}
    return taken[policies[seen]] if seen in policies else seen


def _held(status: Status, seconds: int) -> Status:
    """The same, but for so much time that does not count. Only where something has to last."""
    if status.state in (State.PENDING, State.RECOVERING) and seconds:
        return status._replace(mark=status.mark + seconds)
    return status


def _moved(status: Status, seen: Seen, at: int, timing: Timing) -> Status:
    state, lasted = status.state, at - status.mark
    if seen is Seen.BAD:
        if state == State.OK:
            return _begun(State.PENDING if timing.holds_for else State.FIRING, at)
        if state == State.RECOVERING or (state == State.PENDING and lasted >= timing.holds_for):
            return _begun(State.FIRING, at)
        return status
    if state == State.PENDING:
        return _begun(State.OK, at)
    if state == State.FIRING and seen is Seen.GOOD:
        return _begun(State.RECOVERING if timing.keep_firing else State.OK, at)
    if state == State.RECOVERING and seen is Seen.BETWEEN:
        return _begun(State.FIRING, at)
    if state == State.RECOVERING and lasted >= timing.keep_firing:
        return _begun(State.OK, at)
    return status


def _begun(state: State, at: int) -> Status:
    return Status(state, at, at)
