"""What a process remembers of measurements stays within bounds, however many there are."""

from collections import OrderedDict

import pytest

from dashboard import partitions, store
from dashboard.ingest import checks, quota, series
from dashboard.ingest.points import Sender
from dashboard.models import Kind
from dashboard.queries import labels

MOST = 5


def test_of_series_those_that_came_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "_remembered", {})
    monkeypatch.setattr(series, "REMEMBERED_MAX", MOST)
    for n in range(3 * MOST):
        series._remember({("load", f'{{"n":"{n}"}}'): series.Known(n, 1, Kind.GAUGE, str(n))})
    assert [known.id for known in series._remembered.values()] == list(range(2 * MOST, 3 * MOST))
    series._remember(
        {("load", "x" * (series.LABELS_REMEMBERED_MAX + 1)): series.Known(99, 1, Kind.GAUGE, "x")}
    )
    assert len(series._remembered) == MOST


def test_of_senders_those_that_sent_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "_buckets", OrderedDict())
    monkeypatch.setattr(quota, "MAX_SENDERS", MOST)
    for n in range(3 * MOST):
        quota.take_or_refuse(Sender(token_id=n + 1), 1)
    assert [key for key, _ in quota._buckets] == [f"token {n + 1}" for n in range(2 * MOST, 3 * MOST)]


def test_of_partitions_not_those_of_all_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "_known", set())
    monkeypatch.setattr(partitions, "KNOWN_MAX", MOST)
    for n in range(3 * MOST):
        partitions._remember([f"partition {n}"])
        assert len(partitions._known) <= MOST + 1
    assert f"partition {n}" in partitions._known


@pytest.mark.parametrize(
    ("lengths", "parts"),
    [([], []), ([9], [[9]]), ([3, 2, 1], [[3, 2], [1]]), ([0, 0, 5, 9, 0, 1], [[0, 0, 5], [9], [0, 1]])],
)
def test_of_what_is_written_so_much_at_once(
    monkeypatch: pytest.MonkeyPatch, lengths: list[int], parts: list[list[int]]
) -> None:
    monkeypatch.setattr(store, "WRITTEN_AT_ONCE", MOST)
    assert [lengths[part] for part in store.slices(lengths)] == parts


def test_of_labels_short_ones_and_not_more_than_so_many() -> None:
    for cache in (labels._parsed, checks._canonical):
        assert cache.cache_info().maxsize is not None
    labels._parsed.cache_clear()
    for text in ("a", "b" * labels.LONG):
        assert labels.mapping_of(f'{{"n":"{text}"}}') == {"n": text}
    assert labels._parsed.cache_info().currsize == 1
    checks._canonical.cache_clear()
    checks.labels_of({f"n{n}": "x" for n in range(checks.FEW_LABELS + 1)})
    assert checks._canonical.cache_info().currsize == 0
