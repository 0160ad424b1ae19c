"""Sketches merged as arrays are what they are merged one by one, whatever is in them."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import sketches
from dashboard.queries.quantiles import Together
from dashboard.sketch import Sketch
from dashboard.sketches import Sketched, joined, merged

STEP, FIRST = 10, 1_000
VALUES = st.lists(
    st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-9), min_size=1, max_size=6
)
WINDOWS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3), VALUES), max_size=20)
GROUPS = {"a": [1, 4], "b": [3], "none": [9]}
Window = tuple[int, int, list[float]]


def sketch_of(values: Sequence[float]) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


def stored(windows: Sequence[Window]) -> Sketched:
    """As the database keeps them: what is all alike has no sketch."""
    encoded = [sketch_of(values).encode() if len(set(values)) > 1 else b"" for *_, values in windows]
    columns = [
        [series for series, _, _ in windows],
        [FIRST + number * STEP for _, number, _ in windows],
        *[[make(values) for *_, values in windows] for make in (len, min, max)],
        list(map(len, encoded)),
    ]
    return joined([(columns, b"".join(encoded))] if windows else [])


@pytest.mark.parametrize("dense", [0, sketches.DENSE])
@given(windows=WINDOWS)
def test_a_quantile_of_each_group_and_window_is_that_of_its_values(windows: list[Window], dense: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketches, "DENSE", dense)
        patch.setattr(sketches, "PART_BYTES", 40)
        found = Together(stored(windows), GROUPS, STEP).quantiles(["p90"])["p90"]
    expected: dict[str, dict[int, float]] = {key: {} for key in GROUPS}
    for key, ids in GROUPS.items():
        for number in range(4):
            values = [v for series, n, some in windows if series in ids and n == number for v in some]
            if values:
                expected[key][FIRST + number * STEP] = float(np.quantile(values, 0.9, method="lower"))
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == pytest.approx(values, rel=0.0100001, abs=1e-200)


@given(windows=WINDOWS)
def test_octaves_count_every_value_once(windows: list[Window]) -> None:
    found = Together(stored(windows), {"all": range(1, 7)}, STEP).octaves()
    counted = sum(sum(counts.values()) for counts in found.values())
    assert counted == sum(len(values) for *_, values in windows)
    below = sum(sum(counts.values()) for bound, counts in found.items() if bound < 0)
    assert below == sum(value < 0 for *_, values in windows for value in values)


def test_counts_of_more_than_four_bytes_are_merged_with_others() -> None:
    wide, narrow = Sketch.of(8.0, 2**40), sketch_of([1.0, 2.0])
    wide.add(1.0)
    encoded = [wide.encode(), narrow.encode(), b""]
    columns = [
        [1, 2, 3],
        [FIRST] * 3,
        [2**40 + 1, 2, 3],
        [1.0, 1.0, 0.0],
        [8.0, 2.0, 0.0],
        list(map(len, encoded)),
    ]
    (found,) = merged(joined([(columns, b"".join(encoded))]), np.zeros(3, dtype=np.int64))
    assert found.octaves()[1].sum() == 2**40 + 6
    assert found.quantile(0.9) == [pytest.approx(8.0, rel=0.01)]


def test_what_has_counted_nothing_has_no_quantile() -> None:
    columns = [[1], [FIRST], [1], [0.0], [1.0], [len(Sketch().encode())]]
    (found,) = merged(joined([(columns, Sketch().encode())]), np.zeros(1, dtype=np.int64))
    assert found.quantile(0.5) == [None]
