"""Rules evaluated one step after another: what each sees, and which alerts are in another state then.

It knows no database but through `Windows`, and no clock: what happens now and a backtest go through the same.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dashboard.ingest.points import canonical
from dashboard.models import State

from . import machine
from .conditions import Reading, Readings, Usuals, Watch, asks, readings
from .explaining import Titles, named
from .machine import FIRES, OK, Seen, Status, Timing
from .reading import LABEL_SETS_MAX, Ask, Unanswerable, Windows
from .schemas import Composite, Definition, NoData

logger = logging.getLogger(__name__)

FORGOTTEN = Reading(Seen.GOOD, None, "It is not there any more.")

Statuses = dict[str, Status]
"""By the labels in canonical JSON; those that are ok are left out."""


class Moved(NamedTuple):
    """A label set whose status is another one after a step."""

    rule: int
    key: str
    status: Status
    reading: Reading


class Step(NamedTuple):
    """What a step has brought: what moved, what each rule saw, and why some could not be evaluated."""

    moved: list[Moved]
    readings: dict[int, Readings]
    errors: dict[int, str]


class Course:
    """How some rules stand, and when each of them was evaluated last (0: never).

    `titles` are those of the rules that some are made of. With `only_seen`, a label set is there from its first value
    on: in the past nobody knows yet what will come.
    """

    def __init__(
        self,
        statuses: Mapping[int, Statuses],
        evaluated: Mapping[int, int],
        titles: Titles,
        *,
        only_seen: bool = False,
    ) -> None:
        self._seen: dict[int, set[str]] | None = {watch: set() for watch in evaluated} if only_seen else None
        self.statuses = {rule: dict(some) for rule, some in statuses.items()}
        self.evaluated = dict(evaluated)
        self.usuals = Usuals()
        self._titles = titles

    def asks(self, due: Iterable[Watch], at: int) -> list[Ask]:
        """What has to be read for a step."""
        return [ask for watch in due for ask in asks(watch, at, self.usuals)]

    def step(self, due: Sequence[Watch], at: int, windows: Windows, every: int = 0) -> Step:
        """Evaluates these rules at the moment `at`: composite ones last, when the others have moved. `every` is how
        often they are, where that is not what they say themselves."""
        step = Step([], {}, {})
        for watch in sorted(due, key=lambda watch: isinstance(watch.rule.condition, Composite)):
            try:
                seen = self._look(watch, at, windows)
            except Unanswerable as error:
                seen = self._all(watch, Reading(Seen.ERROR, None, str(error)), step)
            except Exception as error:
                logger.exception("Rule %d cannot be evaluated", watch.id)
                seen = self._all(watch, Reading(Seen.ERROR, None, f"{type(error).__name__}: {error}"), step)
            step.readings[watch.id] = seen
            self._move(watch, at, seen, step, timing_of(watch.rule, every))
            self.evaluated[watch.id] = at
        return step

    def _look(self, watch: Watch, at: int, windows: Windows) -> Readings:
        if isinstance(watch.rule.condition, Composite):
            found = self._composed(watch.rule, watch.rule.condition)
        else:
            found = self._from_its_beginning(watch, readings(watch, at, windows, self.usuals))
        return dict.fromkeys(self.statuses.get(watch.id, ()), FORGOTTEN) | found

    def _from_its_beginning(self, watch: Watch, found: Readings) -> Readings:
        if self._seen is None:
            return found
        silent = (Seen.BAD,) if isinstance(watch.rule.condition, NoData) else (Seen.NO_DATA,)
        seen = self._seen[watch.id]
        seen |= {key for key, reading in found.items() if reading.seen not in silent}
        return {key: reading for key, reading in found.items() if key in seen or not watch.rule.group_by}

    def _all(self, watch: Watch, reading: Reading, step: Step) -> Readings:
        """The same of everything that is known, and of the whole where nothing is."""
        step.errors[watch.id] = reading.why
        return dict.fromkeys(self.statuses.get(watch.id) or ["{}"], reading)

    def _move(self, watch: Watch, at: int, seen: Readings, step: Step, timing: Timing) -> None:
        statuses = self.statuses.setdefault(watch.id, {})
        before = self.evaluated.get(watch.id, 0)
        for key, reading in sorted(seen.items()):
            was = statuses.get(key, OK)
            status = machine.step(was, reading.seen, at, before, timing)
            if status == was:
                continue
            step.moved.append(Moved(watch.id, key, status, reading))
            if status.state == State.OK:
                del statuses[key]
            else:
                statuses[key] = status

    def _composed(self, rule: Definition, condition: Composite) -> Readings:
        """An alert counts for every label set that agrees with it in the labels that both have."""
        if missing := condition.references - self.evaluated.keys():
            raise Unanswerable(
                f"{named([min(missing)], self._titles, '')} is not judged: it may be turned off."
            )
        firing = {
            pk: [
                json.loads(key) for key, status in self.statuses.get(pk, {}).items() if status.state in FIRES
            ]
            for pk in condition.references
        }
        keys = {
            _projected(labels, rule.group_by)
            for pk in (*condition.all, *condition.any)
            for labels in firing[pk]
        } | (set() if rule.group_by else {"{}"})
        if len(keys) > LABEL_SETS_MAX:
            raise Unanswerable(f"There are more than {LABEL_SETS_MAX} label sets.")

        def fires(pk: int, labels: dict[str, str]) -> bool:
            return any(_agree(one, labels) for one in firing[pk])

        found: Readings = {}
        for key in keys:
            labels = json.loads(key)
            on = {pk for pk in condition.references if fires(pk, labels)}
            bad = on.issuperset(condition.all) and not on & set(condition.none)
            bad = bad and (not condition.any or bool(on & set(condition.any)))
            which = named(sorted(on), self._titles, "and")
            why = f"{which} {'fire' if len(on) > 1 else 'fires'}." if on else "None of its rules fires."
            found[key] = Reading(Seen.BAD if bad else Seen.GOOD, None, why)
        return found


def timing_of(rule: Definition, every: int = 0) -> Timing:
    """How long things have to last for a rule."""
    return Timing(every or rule.every, rule.holds_for, rule.keep_firing, rule.no_data, rule.on_error)


def _projected(labels: Mapping[str, str], names: Iterable[str]) -> str:
    return canonical({name: labels[name] for name in names if name in labels})


def _agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(other[name] == value for name, value in one.items() if name in other)
