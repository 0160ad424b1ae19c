"""Some days of the shop, written as if they had been measured: every minute at first, every second just now."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from dashboard import partitions, store
from dashboard.ingest.points import Point, Sender, canonical
from dashboard.ingest.series import Catalogue
from dashboard.models import Series
from dashboard.rollups import Key, Rollup, add, in_all_tiers
from dashboard.tiers import FINEST

from .shop import METRICS, Sample, samples

SPACING = ((3 * 86_400, 60), (4 * 3_600, 10), (1_800, 1))
"""From how many seconds ago on, and how far apart."""
AT_ONCE = 200
"""Moments in a transaction: the site goes on writing in between."""


def write(now: int) -> None:
    """Fills the time up to `now`."""
    sender = Sender(own="demo")
    rest = _moments(now)
    while moments := list(islice(rest, AT_ONCE)):
        points = [
            point for second, step in moments for point in points_of(second, samples(second, seconds=step))
        ]
        partitions.ensure(point.at for point in points)
        catalogue = Catalogue((sender, point) for point in points)
        with store.in_turn(), transaction.atomic():
            catalogue.lock()
            windows: dict[Key, Rollup] = {}
            for point in points:
                add(windows, Key(catalogue.of(point).id, FINEST.window(point.at)), point.rollup())
            for tier, found in in_all_tiers(windows):
                store.merge(tier, found)
            Series.objects.filter(pk__in={key.series for key in windows}).update(last_at=points[-1].at)


def points_of(second: int, found: Iterable[Sample]) -> list[Point]:
    """Samples as they are taken in."""
    return [
        Point(n, name, canonical(labels), float(second), value, *METRICS[name])
        for n, (name, labels, value) in enumerate(found)
    ]


def _moments(now: int) -> Iterator[tuple[int, int]]:
    """Each where the one before ends: one that reached into the next would count twice what was there."""
    steps = [step for _, step in SPACING]
    begins = [(now - ago) // step * step for (ago, _), step in zip(SPACING, steps[:1] + steps, strict=False)]
    for begin, end, step in zip(begins, [*begins[1:], now], steps, strict=True):
        yield from ((second, step) for second in range(begin, end, step))
