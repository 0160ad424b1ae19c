"""The moment at which people are told again, or no longer: where a silence ends, and where a mute time begins or ends.

Looked at each second, since the rules that it is about may be judged once an hour. What somebody does (makes a silence,
ends it, changes a rule) is written with what they do, and looked at here again: an alert may begin at that moment.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from dashboard.actions import silences
from dashboard.models import Silence

from .conditions import Watch
from .muting import is_muted

LATE = timedelta(seconds=5)
"""How long what became of a silence is looked at again: it may have been committed after the moment that it says."""


class Hush:
    """Remembers between two looks what was quiet."""

    def __init__(self) -> None:
        self._looked: datetime | None = None
        self._muted: dict[int, bool] = {}

    def look(self, watches: Iterable[Watch], now: float, renew: Callable[[], bool]) -> None:
        """Makes the alerts of these rules say whether anybody is told of them at this moment. Nothing is written where
        `renew` says that another leads."""
        moment = datetime.fromtimestamp(now, UTC)
        muted = {
            watch.id: is_muted(watch.rule.mute_times, moment) for watch in watches if watch.rule.mute_times
        }
        which = self._changed(muted, moment)
        if which is None or silences.hush(which, moment, renew):
            self._looked, self._muted = moment, muted

    def _changed(self, muted: dict[int, bool], moment: datetime) -> Q | None:
        """Which alerts may be quiet now and were not, or the other way round; None: none. All, at the first look."""
        if self._looked is None:
            return Q()
        lately = self._looked - LATE
        touched = Q(until__lte=moment) | Q(created_at__gt=lately) | Q(ended_at__gt=lately)
        about = set(Silence.objects.filter(touched, until__gt=lately).values_list("rule", flat=True))
        if None in about:
            return Q()
        about |= {pk for pk, is_ in muted.items() if self._muted.get(pk) is not is_}
        return Q(rule__in=about) if about else None
