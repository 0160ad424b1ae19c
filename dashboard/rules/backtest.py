"""What a rule would have done: the very same evaluation over what is stored, without writing anything.

Its cost is bounded: at most STEPS_MAX looks, evenly spread, and at most ROWS_MAX windows read for them. Where that is
too little for every look that the rule would have taken, it looks less often, and the answer says how often.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dashboard.models import Rule, State
from dashboard.panels import QUANTILES
from dashboard.queries.boards import closed_until
from dashboard.tiers import TIERS
from project.realtime.errors import CommandError

from . import anomaly
from .conditions import Watch
from .evaluating import Course
from .events import Payload, parsed_labels, titles_of
from .machine import FIRES
from .reading import Windows, asks_of, cut
from .schemas import DAY, OVER_MAX, STEP, Anomaly, Asking, Change, Composite, Definition, parsed

STEPS_MAX = 1_500
ROWS_MAX = 300_000
"""About two seconds of reading. A quantile's windows have sketches, which cost some ten times as much."""
SKETCH_COST = 10
SERIES_MAX = 50
"""Label sets in the answer, those that would have fired longest first."""
STEPS_AT_ONCE = 200
SPAN_MAX = 31 * DAY
"""Windows of a minute are kept for about as long: longer ones say little about an outage."""
NICE = (10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200)
OWN = 0
"""The rule that is tried has no id, or another one than it has here."""


def backtest(rule: Definition, start: float, end: float, now: float) -> Payload:
    """What the rule would have done between two moments.

    Raises CommandError `invalid` for a time that is not over, or too long, or with more series than can be read.
    """
    watches = _watches(rule)
    last = min(int(end), closed_until(now)) // STEP * STEP
    first = -(-max(int(start), last - SPAN_MAX, int(now) - TIERS[2].keep_seconds + OVER_MAX) // STEP) * STEP
    if last - first < STEP:
        raise _refusal("to", "must be after `from`, and in the past")
    every = _every(watches, first, last, now)
    moments = range(-(-first // every) * every, last + 1, every)
    course = Course({}, {watch.id: 0 for watch in watches}, titles_of([rule]), only_seen=True)
    record = _Record(first)
    for begin in range(0, len(moments), STEPS_AT_ONCE):
        some = moments[begin : begin + STEPS_AT_ONCE]
        asked = [ask for at in some for ask in course.asks(watches, at)]
        windows = Windows(asked, int(now))
        for at in some:
            record.add(at, course, watches, windows, every)
    return {"step": every, "from": first, "to": last} | record.payload(last)


def _watches(rule: Definition) -> list[Watch]:
    """The rule, and those that it is made of."""
    found = [Watch(OWN, 0, rule)]
    if isinstance(rule.condition, Composite):
        rows = Rule.objects.filter(pk__in=rule.condition.references, deleted_at=None, enabled=True)
        others = [Watch(row.pk, row.version, parsed(row.definition)) for row in rows]
        if any(isinstance(other.rule.condition, Composite) for other in others):
            raise _refusal("definition.condition", "can be made of rules that are not composite themselves")
        found += others
    return found


def _every(watches: Sequence[Watch], first: int, last: int, now: float) -> int:
    """How often to look: as the rule says, or as often as the bounds allow."""
    rule = watches[0].rule
    rows = sum(_rows(watch.rule, last) for watch in watches)
    fixed = sum(_fixed(watch.rule, first, last) for watch in watches)
    looks = min(STEPS_MAX, int((ROWS_MAX - fixed) / max(rows, 1)))
    if looks < 10:
        raise _refusal(
            "definition.condition", "is about too much to try it: narrow it, or choose a shorter time"
        )
    least = -(-(last - first) // looks)
    every = max(rule.every, -(-least // STEP) * STEP)
    # Round numbers, so that the moments are those that the rule looks at, and windows can be coarse.
    nice = (one for one in NICE if one >= every and one % rule.every == 0)
    return next(nice, -(-every // rule.every) * rule.every)


def _rows(rule: Definition, at: int) -> int:
    """How many windows one look at a rule reads, about."""
    condition = rule.condition
    if not isinstance(condition, Asking):
        return 0
    looks = 2 if isinstance(condition, Change) else 1
    pieces = cut(at - condition.over, at, at)
    windows = sum((piece.end - piece.first) // piece.tier.step for piece in pieces)
    return looks * windows * _series(condition, at)


def _fixed(rule: Definition, first: int, last: int) -> int:
    """How many windows it takes to know what is usual in all this time."""
    condition = rule.condition
    if not isinstance(condition, Anomaly):
        return 0
    hours = (last - first) // anomaly.HOUR + 1
    return hours * condition.weeks * 60 * _series(condition, last)


def _series(condition: Asking, at: int) -> int:
    cost = SKETCH_COST if any(part.fn in QUANTILES for part in condition.query.sides) else 1
    return cost * Windows(asks_of(condition.query, (), at, at), at).series(condition.query)


class _Record:
    """What was seen, and the states that followed one another."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._points: dict[str, list[list[Any]]] = defaultdict(list)
        self._usual: dict[str, list[list[Any]]] = defaultdict(list)
        self._spans: dict[str, list[dict[str, Any]]] = {}
        self._errors: list[str] = []

    def add(self, at: int, course: Course, watches: Sequence[Watch], windows: Windows, every: int) -> None:
        """Takes one more look."""
        step = course.step(watches, at, windows, every)
        for error in step.errors.values():
            if error not in self._errors:
                self._errors.append(error)
        for key, reading in step.readings[OWN].items():
            self._points[key].append([at, reading.value])
            if usual := reading.usual:
                self._usual[key].append([at, usual.middle, usual.spread])
            self._spans.setdefault(key, [_span(State.OK, self._first, "")])
        for moved in step.moved:
            spans = self._spans.get(moved.key)
            if moved.rule == OWN and spans is not None and spans[-1]["state"] != moved.status.state:
                spans[-1]["to"] = at
                spans.append(_span(moved.status.state, at, moved.reading.why))

    def payload(self, last: int) -> Payload:
        """All of it."""
        series = []
        for key, spans in sorted(self._spans.items(), key=lambda one: (-_fired(one[1], last), one[0])):
            spans[-1]["to"] = last
            told = [span for span in spans if span["to"] > span["from"]]
            labels = parsed_labels(key)
            one = {"key": key, "labels": labels, "points": self._points[key], "spans": told}
            series.append(one | {"usual": self._usual[key]})
        return {
            "series": series[:SERIES_MAX],
            "more": max(len(series) - SERIES_MAX, 0),
            "errors": self._errors[:10],
        }


def _span(state: str, at: int, why: str) -> dict[str, Any]:
    return {"state": str(state), "from": at, "to": at, "why": why}


def _fired(spans: Sequence[dict[str, Any]], last: int) -> int:
    """For how long it would have been told of."""
    ends = [*(span["from"] for span in spans[1:]), last]
    return sum(end - span["from"] for span, end in zip(spans, ends, strict=True) if span["state"] in FIRES)


def _refusal(field: str, message: str) -> CommandError:
    return CommandError("invalid", "Some fields are not right.", fields={field: message})
