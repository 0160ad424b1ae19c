"""Which lines of a list are the largest now: judged by all that there are, however few of them are drawn."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dashboard import store
from dashboard.models import Kind
from dashboard.panels import QUANTILES, Selection
from dashboard.tiers import TIERS, Tier

from .cells import Cell, value_of
from .choosing import LATELY_SECONDS, LINES_MAX, Member
from .past import LOOKING_BACK, Look, Past, mean, read, sessions

PLACES = 5
"""How old the newest value may be, where windows are long: as old as a page takes it for the present one."""
PARTS_LEAST = 6
"""What looks back over minutes is ranked by windows of which so many make it up: from a tenth of the rows."""

Groups = Mapping[str, Sequence[Member]]
Newest = dict[str, float]


class Moment(NamedTuple):
    """The end of what is shown, in which windows, and the clock: one that is not over counts as long as it goes on."""

    tier: Tier
    end: int
    now: float

    @property
    def start(self) -> int:
        """What was measured before is not the present value of anything."""
        return self.end - max(int(LATELY_SECONDS), PLACES * self.tier.step)

    def seconds(self, start: int) -> float:
        """How long a window has been going on."""
        return max(1.0, min(float(self.tier.step), self.now - start))


def newest(moment: Moment, asked: Selection, kind: str, groups: Groups) -> Newest:
    """The newest value of each group that has one. One window of each series is read, however many they are; of those
    that look back a few."""
    ids = [member.series for members in groups.values() for member in members]
    if asked.fn in LOOKING_BACK:
        return _looking_back(moment, asked, kind, groups, ids)
    columns = store.ALL if asked.fn in QUANTILES and kind != Kind.COUNTER else store.NUMBERS
    rows = {row[0]: row for row in store.newest(moment.tier, ids, moment.start, moment.end, columns)}
    function = value_of(asked.fn, kind)
    found = {}
    for key, members in groups.items():
        some = [rows[member.series] for member in members if member.series in rows]
        start = max((row[1] for row in some), default=0)
        cell = Cell()
        for row in some:
            if row[1] == start:
                cell.add(row)
        value = function(cell, moment.seconds(start)) if some else None
        if value is not None:
            found[key] = value
    return found


def _looking_back(moment: Moment, asked: Selection, kind: str, groups: Groups, ids: Sequence[int]) -> Newest:
    tier = next((one for one in reversed(TIERS) if one.step * PARTS_LEAST <= asked.window), moment.tier)
    last = tier.window(moment.end - 1)
    look = Look(tier, last, last + tier.step, asked.window)
    past = read(look, sorted(ids))
    function = mean if asked.fn == "moving_avg" else _open
    values = {
        key: function(look, past, [member.series for member in members], kind)
        for key, members in groups.items()
    }
    return {key: value for key, value in values.items() if value is not None}


def _open(look: Look, past: Past, series: Sequence[int], kind: str) -> float | None:
    return sessions(look, past, series, kind)[look.first]


def largest(values: Newest) -> list[str]:
    """The groups with the largest values, LINES_MAX of them."""
    return sorted(values, key=lambda key: (-values[key], key))[:LINES_MAX]


def divided(above: Newest, below: Newest, whole: str) -> Newest:
    """One by the other, group by group, or by the one of everything, where there is something to divide by."""
    divisors: Iterable[tuple[str, float | None]] = ((key, below.get(key, below.get(whole))) for key in above)
    return {key: above[key] / divisor for key, divisor in divisors if divisor}
