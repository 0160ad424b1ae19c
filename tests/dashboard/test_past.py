"""Functions that look back over hours say what numpy says, whatever resolution they are read from."""

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ingest.points import Sender
from dashboard.panels import Panel
from dashboard.queries.lines import evaluate
from dashboard.queries.past import BLOCKS_LEAST, Look, Past, moving, sessions
from dashboard.tiers import FINEST, TIERS
from tests.dashboard.conftest import Push

SPAN = 3_400
LONG = 1_900


@pytest.fixture
def end() -> int:
    """In the middle of a minute, and late enough for what is an hour before it to be taken."""
    return (int(time.time()) - 60) // 60 * 60 + 17


def shown(query: dict[str, Any], first: int, end: int) -> dict[int, float]:
    panel = Panel.model_validate({"id": "p", "type": "line", "queries": [query]})
    (line,) = evaluate([panel], FINEST, first, end, time.time())["p"].lines
    return {start: value for start, value in line.values.items() if value is not None}


@pytest.mark.parametrize("seconds", [1, 60, LONG])
@pytest.mark.parametrize("length", [5, 300, LONG])
def test_a_moving_average_over_any_time_is_that_of_the_samples(
    push: Push, end: int, seconds: int, length: int
) -> None:
    values = np.random.default_rng(1).integers(1, 6_400, SPAN) / 64
    samples = [
        {"name": "level", "value": float(value), "at": end - SPAN + n} for n, value in enumerate(values)
    ]
    push(*samples, sender=Sender(own="levels"))
    found = shown({"metric": "level", "fn": "moving_avg", "window": length}, end - seconds, end)
    for start, value in found.items():
        last = start - (end - SPAN) + 1
        assert value == pytest.approx(values[max(0, last - length) : last].mean(), rel=1e-12)
    assert len(found) == seconds


def test_sessions_are_those_series_that_were_active_with_no_longer_pause(push: Push, end: int) -> None:
    def active(person: str, *ages: int) -> list[dict[str, Any]]:
        labels = {"person": person}
        return [
            {"name": "deeds", "kind": "counter", "value": 1, "at": end - age, "labels": labels}
            for age in ages
        ]

    push(*active("ada", 900, 400, 100), *active("bob", 2_500), *active("eve", 30))
    query = {"metric": "deeds", "fn": "sessions", "window": 420}
    found = shown(query, end - 1_000, end)
    assert found[end - 950] == 0
    assert found[end - 900] == found[end - 481] == 1
    assert found[end - 480] == 0  # the first session has ended
    assert found[end - 400] == found[end - 40] == 1
    assert found[end - 20] == 2
    assert shown(query | {"window": 3_000}, end - 1, end) == {end - 1: 3}


ACTIVE = st.sets(st.integers(-4_000, 99), max_size=30)


@given(ACTIVE, st.integers(60 * BLOCKS_LEAST, 4_000))
def test_what_is_read_from_long_windows_is_what_short_ones_say(active: set[int], seconds: int) -> None:
    first = 1_000_000_020
    look = Look(FINEST, first, first + 100, seconds)
    fine = [(1, first + at, 1, 1.0, 1.0, 1.0) for at in sorted(active)]
    minutes: dict[int, int] = {}
    for at in active:
        window = TIERS[2].window(first + at)
        minutes[window] = minutes.get(window, 0) + 1
    coarse = [(1, at, n, float(n), 1.0, 1.0) for at, n in minutes.items()]
    whole = Past([row for row in fine if row[1] >= look.start])
    edges = [
        row
        for row in fine
        if look.start <= row[1] < look.end - seconds + 60 or row[1] >= TIERS[2].window(look.first)
    ]
    parts = Past(edges, [row for row in coarse if look.start <= row[1]], 60)
    for function in (moving, sessions):
        assert function(look, parts, [1], "counter") == function(look, whole, [1], "counter")
