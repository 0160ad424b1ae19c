"""Rules as the leader evaluates them: all that are due together, in event time, once for each of their steps.

What is to happen is computed first, from what is stored, and then written in one transaction under the leader's fence:
new states, their events and the jobs that tell people are there together or not at all. Whoever leads next goes on from
there.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import ValidationError

from dashboard import metrics
from dashboard.actions import judged
from dashboard.models import Alert, Rule, State
from dashboard.tiers import AHEAD_SECONDS

from . import events, queries
from .conditions import Usuals, Watch
from .evaluating import Course, Statuses
from .hushing import Hush
from .machine import Status
from .reading import Windows
from .schemas import STEP, parsed

logger = logging.getLogger(__name__)

CATCH_UP_SECONDS = 60
"""After a longer time without a leader the site itself was away: that nothing was measured then says nothing."""


class Judge:
    """Remembers between two steps what does not change with them."""

    def __init__(self) -> None:
        self._judged = 0
        self._watches: dict[int, Watch] = {}
        self._usuals = Usuals()
        self._hush = Hush()

    def judge(self, closed: int, now: float, renew: Callable[[], bool]) -> None:
        """Evaluates what is due now that windows up to `closed` are closed, and notices who is told again or no longer.
        `renew` holds the lease for a while longer; nothing is written where it says that another leads."""
        self._step(closed, datetime.fromtimestamp(now, UTC), renew)
        self._hush.look(self._watches.values(), now, renew)

    def _step(self, closed: int, now: datetime, renew: Callable[[], bool]) -> None:
        newest = (closed + 1) // STEP * STEP
        if newest <= self._judged <= newest + AHEAD_SECONDS:
            return
        begun = time.perf_counter()
        rows = self._readable(Rule.objects.filter(enabled=True, deleted_at=None).order_by("pk"))
        moments = _moments(rows, newest)
        if moments and not self._evaluate(rows, moments, now, renew):
            return
        self._judged = newest
        metrics.RULES.inc(sum(map(len, moments.values())))
        metrics.RULE_SECONDS.inc(time.perf_counter() - begun)

    def _evaluate(
        self,
        rows: Sequence[Rule],
        moments: Mapping[int, Sequence[int]],
        now: datetime,
        renew: Callable[[], bool],
    ) -> bool:
        watches = self._watches
        active = list(Alert.objects.filter(rule__in=watches).exclude(state=State.OK))
        titles = events.titles_of(watch.rule for watch in watches.values())
        course = Course(_statuses(active), {row.pk: row.evaluated for row in rows}, titles)
        course.usuals = self._usuals
        due = {at: [watches[pk] for pk in some] for at, some in moments.items()}
        windows = Windows([ask for at, some in due.items() for ask in course.asks(some, at)], max(due))
        steps = {}
        for at in sorted(due):
            if not renew():  # each may take a while, where there are very many rules
                return False
            steps[at] = course.step(due[at], at, windows)
        silences = list(queries.active_silences(now))
        return judged.write(rows, watches, steps, silences, now, renew)

    def _readable(self, rows: Iterable[Rule]) -> list[Rule]:
        """Those whose definition can be read. One that cannot any more keeps nothing from the others."""
        known, self._watches = self._watches, {}
        readable = []
        for row in rows:
            watch = known.get(row.pk)
            if watch is None or watch.version != row.version:
                try:
                    watch = Watch(row.pk, row.version, parsed(row.definition))
                except ValidationError:
                    logger.exception("Rule %d cannot be read", row.pk)
                    continue
            self._watches[row.pk] = watch
            readable.append(row)
        return readable


def _moments(rows: Sequence[Rule], newest: int) -> dict[int, list[int]]:
    """Which rules are due at which moments, up to the newest. A new one is due at its last moment only."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        every = row.definition["every"]
        last = newest // every * every
        is_new = not 0 < row.evaluated <= newest + AHEAD_SECONDS
        after = last - 1 if is_new else max(row.evaluated, last - CATCH_UP_SECONDS)
        for at in range(after // every * every + every, last + 1, every):
            found[at].append(row.pk)
    return found


def _statuses(active: Sequence[Alert]) -> dict[int, Statuses]:
    found: dict[int, Statuses] = defaultdict(dict)
    for row in active:
        found[row.rule_id][row.labels] = Status(State(row.state), row.since, row.mark)
    return found
