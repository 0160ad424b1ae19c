"""Quantiles from merged sketches are within 1 % of the true ones."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sketch import ACCURACY, MAX_BINS, Sketch, counted, value_of

VALUES = st.lists(st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-12), min_size=1)
QUANTILES = (0.0, 0.25, 0.5, 0.9, 0.95, 0.99, 1.0)


def sketch_of(values: Sequence[float]) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(float(value))
    return sketch


def state(sketch: Sketch) -> tuple[object, ...]:
    return sketch.zero, sketch.positive, sketch.negative


@given(VALUES, st.sampled_from(QUANTILES))
def test_a_quantile_is_within_one_percent(values: list[float], q: float) -> None:
    true = float(np.quantile(values, q, method="lower"))
    found = sketch_of(values).quantile(q)
    assert found is not None
    assert math.isclose(found, true, rel_tol=ACCURACY * 1.000001, abs_tol=1e-300)


@given(st.lists(VALUES, min_size=1, max_size=5), st.randoms())
def test_merging_gives_what_one_sketch_of_all_would_be(parts: list[list[float]], random: object) -> None:
    merged = Sketch()
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for part in shuffled:
        merged.merge(sketch_of(part))
    assert state(merged) == state(sketch_of([value for part in parts for value in part]))


@given(VALUES, VALUES)
def test_merging_what_is_stored_is_merging(ours: list[float], theirs: list[float]) -> None:
    merged = sketch_of(ours)
    merged.merge_encoded(sketch_of(theirs).encode())
    assert state(merged) == state(sketch_of(ours + theirs))


BINS = st.tuples(st.booleans(), st.integers(-300, 300), st.integers(1, 5))


@given(VALUES, st.lists(BINS, max_size=8))
def test_counting_in_what_is_stored_is_counting(
    values: list[float], more: list[tuple[bool, int, int]]
) -> None:
    sketch = sketch_of(values)
    data = sketch.encode()
    for positive, index, count in more:
        sketch.add(value_of(index) if positive else -value_of(index), count)
        found = counted(data, positive=positive, index=index, count=count)
        assert found is not None
        data = found
    assert state(Sketch.decode(data)) == state(sketch)


def test_counting_in_what_is_stored_stops_where_the_layout_would_change() -> None:
    many = Sketch()
    many.positive = dict.fromkeys(range(MAX_BINS), 1)
    assert counted(many.encode(), positive=True, index=5_000, count=1) is None
    assert counted(Sketch.of(1.0, 2**40).encode(), positive=True, index=0, count=1) is None
    assert counted(Sketch.of(1.0, 2**32 - 1).encode(), positive=True, index=0, count=1) is None
    assert counted(Sketch.of(1.0).encode(), positive=True, index=7, count=2**32) is None


@given(VALUES)
def test_what_is_stored_is_what_was_counted(values: list[float]) -> None:
    sketch = sketch_of(values)
    assert state(Sketch.decode(sketch.encode())) == state(sketch)


def test_counts_beyond_four_bytes_are_stored() -> None:
    sketch = Sketch.of(3.0, 2**40)
    assert Sketch.decode(sketch.encode()).count == 2**40


def test_a_sketch_never_grows_beyond_its_bound_and_keeps_large_values_right() -> None:
    values = np.logspace(-130, 130, 200_000)
    sketch = sketch_of(values)
    assert len(sketch.positive) == MAX_BINS
    assert sketch.count == len(values)
    true = float(np.quantile(values, 0.99, method="lower"))
    assert sketch.quantile(0.99) == pytest.approx(true, rel=ACCURACY * 1.0001)


def test_an_empty_sketch_has_no_quantile() -> None:
    assert Sketch().quantile(0.5) is None
