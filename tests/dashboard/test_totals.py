"""Running totals become what was added, whatever restarts, repeats, or comes out of order."""

import numpy as np
import pytest

from dashboard.ingest.buckets import SIGN, Bounds, Exponential, layout
from dashboard.ingest.points import Distribution, Point
from dashboard.ingest.totals import added
from dashboard.models import Kind

START = 1_000_000.0


def total(value: float, at: float, since: float = 0.0) -> Point:
    return Point(0, "requests", "{}", START + at, value, Kind.COUNTER, running=True, since=since)


def histogram(counts: dict[int, int], at: float, since: float = START, scale: int | None = None) -> Point:
    bounds = Bounds((1.0, 2.0, 4.0)) if scale is None else Exponential(scale)
    values = Distribution(sum(counts.values()), float(at), counts, bounds)
    return Point(
        0, "wait", "{}", START + at, kind=Kind.HISTOGRAM, running=True, since=since, distribution=values
    )


def increments(*points: Point) -> list[float | None]:
    state, found = "", []
    for point in points:
        result, state = added(point, state)
        found.append(result.value if result else None)
    return found


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([total(5, 0), total(7, 1), total(7, 2)], [None, 2, 0]),
        ([total(5, 10, START), total(7, 20, START)], [5, 2]),
        ([total(5, 10, START - 9_000), total(7, 20, START - 9_000)], [None, 2]),
        ([total(5, 0), total(2, 1)], [None, 2]),
        ([total(5, 10, START), total(6, 20, START + 15)], [5, 6]),
        ([total(5, 10, START), total(5, 10, START), total(4, 9, START)], [5, None, None]),
    ],
    ids=["unknown start", "fresh start", "old start", "shrank", "restarted", "repeated and older"],
)
def test_a_total_adds_what_is_new(points: list[Point], expected: list[float | None]) -> None:
    assert increments(*points) == expected


def test_a_histogram_adds_its_new_values_bucket_by_bucket() -> None:
    first, state = added(histogram({0: 1, 1: 2}, 10), "")
    second, state = added(histogram({0: 1, 1: 5, 3: 1}, 20), state)
    assert first is not None
    assert second is not None
    assert second.distribution is not None
    assert second.distribution.buckets == {1: 3, 3: 1}
    assert (second.distribution.count, second.distribution.sum) == (4, 10.0)
    assert added(histogram({0: 1, 1: 5, 3: 1}, 30), state)[0] is None


def test_an_exponential_histogram_that_got_coarser_is_still_subtracted() -> None:
    _, state = added(histogram({SIGN + 4: 2, SIGN + 5: 1, -SIGN - 4: 1}, 10, scale=3), "")
    coarser, _ = added(histogram({SIGN + 2: 7, -SIGN - 2: 1}, 20, scale=2), state)
    assert coarser is not None
    assert coarser.distribution is not None
    assert coarser.distribution.buckets == {SIGN + 2: 4}


@pytest.mark.parametrize("one", [Bounds((0.5, 1.0)), Exponential(-3), Exponential(5), Bounds(())])
def test_a_layout_is_known_by_its_text(one: Bounds | Exponential) -> None:
    assert layout(one.text) == one


def test_a_bucket_is_spread_over_its_width() -> None:
    values, counts = Bounds((1.0, 2.0)).spread(np.array([1]), np.array([32]))
    assert counts.sum() == 32
    assert 1.0 < values.min() < values.max() < 2.0


def test_few_values_stand_in_the_middle_and_what_lies_beyond_all_bounds_at_the_last() -> None:
    values, counts = Bounds((1.0, 2.0)).spread(np.array([0, 1, 2, 7]), np.array([1, 2, 5, 3]))
    found = list(zip(values[counts > 0].tolist(), counts[counts > 0].tolist(), strict=True))
    assert found == [(0.5, 1), (1.25, 1), (1.75, 1), (2.0, 5), (2.0, 3)]
    values, _ = Bounds((-4.0, -2.0)).spread(np.array([0]), np.array([9]))
    assert values[0] == -4.0
