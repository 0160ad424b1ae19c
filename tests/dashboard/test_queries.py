"""What panels show: each function as numpy computes it, at every resolution, and nothing where nothing was measured."""

import time
from typing import Any

import numpy as np
import pytest

from dashboard.ingest.points import Sender
from dashboard.models import Ticker
from dashboard.panels import Panel
from dashboard.queries import affording
from dashboard.queries.boards import data
from dashboard.queries.choosing import LATELY_SECONDS, LINES_MAX, Member, drawn
from dashboard.tiers import tier_for
from tests.dashboard.conftest import Push

START = (int(time.time()) - 900) // 60 * 60


def shown(query: dict[str, Any], *, type: str = "line", width: int = 10_000, span: int = 60) -> list[dict]:
    """The lines of a panel that asks this of the minute after START."""
    panel = Panel.model_validate({"id": "p", "type": type, "queries": [query]})
    return list(data([panel], START, START + span, width)["panels"]["p"])


def values(query: dict[str, Any], **more: Any) -> dict[int, float]:
    """The same for the only line, by seconds after START."""
    (line,) = shown(query, **more)
    return {start - START: value for start, value in line["points"]}


@pytest.fixture
def levels(push: Push) -> np.ndarray:
    """A level in three places, measured four times a second for a minute, but for the seconds 20 to 29."""
    random = np.random.default_rng(7)
    measured = random.integers(1, 6_400, (3, 60, 4)) / 64
    push(
        *[
            {
                "name": "level",
                "value": float(measured[place, second, n]),
                "labels": {"host": f"h{place}", "zone": "a" if place < 2 else "b"},
                "at": START + second + n / 4,
            }
            for place in range(3)
            for second in range(60)
            if not 20 <= second < 30
            for n in range(4)
        ],
        sender=Sender(own="levels"),
    )
    measured[:, 20:30] = np.nan
    return measured


@pytest.mark.parametrize(
    ("fn", "computed"),
    [
        ("avg", lambda window: window.mean()),
        ("min", np.min),
        ("max", np.max),
        ("count", np.size),
        ("sum", lambda window: window.mean(axis=1).sum()),
        ("p50", lambda window: np.quantile(window, 0.5, method="lower")),
        ("p99", lambda window: np.quantile(window, 0.99, method="lower")),
    ],
)
@pytest.mark.parametrize(("width", "step"), [(60, 1), (6, 10)])
def test_a_function_over_all_series_is_what_numpy_says(
    fn: str, computed: Any, width: int, step: int, levels: np.ndarray
) -> None:
    found = values({"metric": "level", "fn": fn}, width=width)
    assert sorted(found) == [second for second in range(0, 60, step) if not 20 <= second < 30]
    for second, value in found.items():
        window = levels[:, second : second + step].reshape(3, -1)
        tolerance = 0.0100001 if fn.startswith("p") else 1e-12
        assert value == pytest.approx(computed(window), rel=tolerance)


def test_series_are_grouped_and_filtered_by_labels(levels: np.ndarray) -> None:
    lines = shown({"metric": "level", "fn": "max", "by": ["zone"]})
    assert [(line["key"], line["labels"], line["name"]) for line in lines] == [
        ('{"zone":"a"}', {"zone": "a"}, "a"),
        ('{"zone":"b"}', {"zone": "b"}, "b"),
    ]
    assert lines[0]["points"][0][1] == levels[:2, 0].max()
    assert values({"metric": "level", "fn": "max", "where": {"host": "h1"}})[5] == levels[1, 5].max()
    assert shown({"metric": "level", "where": {"host": "nowhere"}}) == []
    assert shown({"metric": "nothing"}) == []


def test_a_moving_average_looks_back_over_its_window(levels: np.ndarray) -> None:
    found = values({"metric": "level", "fn": "moving_avg", "window": 5})
    assert found[10] == pytest.approx(levels[:, 6:11].mean())
    assert found[32] == pytest.approx(levels[:, 30:33].mean())
    assert 22 not in found


def test_last_is_the_newest_value_of_all(levels: np.ndarray) -> None:
    assert values({"metric": "level", "fn": "last", "where": {"host": "h2"}})[7] == levels[2, 7, 3]


def test_a_counter_has_rates_and_increases_that_fit_each_other(push: Push) -> None:
    push(*[{"name": "hits", "kind": "counter", "value": n % 7, "at": START + n} for n in range(60)])
    fine = values({"metric": "hits", "fn": "rate"})
    coarse = values({"metric": "hits", "fn": "rate"}, width=6)
    assert fine == {n: n % 7 for n in range(60)}
    assert coarse == {n: sum(m % 7 for m in range(n, n + 10)) / 10 for n in range(0, 60, 10)}
    assert values({"metric": "hits", "fn": "increase"}, width=1) == {0: sum(n % 7 for n in range(60))}
    assert shown({"metric": "hits", "fn": "p99"})[0]["points"] == []


def test_a_ratio_divides_group_by_group_and_by_nothing_gives_nothing(push: Push) -> None:
    def both(second: int, part: float, whole: float) -> list[dict]:
        at, kind = START + second, "counter"
        labels = {"host": "a"}
        return [
            {"name": "errors", "kind": kind, "value": part, "at": at, "labels": labels},
            {"name": "requests", "kind": kind, "value": whole, "at": at, "labels": labels},
        ]

    push(*both(0, 1, 4), *both(1, 0, 5), *both(2, 3, 0))
    below = {"metric": "requests", "fn": "rate", "by": ["host"]}
    query = {"metric": "errors", "fn": "rate", "by": ["host"], "ratio_to": below}
    assert values(query) == {0: 0.25, 1: 0.0, 2: None}
    assert values(query | {"ratio_to": below | {"by": []}}) == {0: 0.25, 1: 0.0, 2: None}


def test_very_many_series_are_read_in_fewer_windows(
    levels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affording, "WINDOWS_LEAST", 6)
    by_itself, together = {"metric": "level", "by": ["host"]}, {"metric": "level"}
    quantile = {"fn": "p95"}
    costs = ((by_itself, 3), (together, 1.5), (together | quantile, 3.75), (by_itself | quantile, 5.25))
    for query, cost in costs:
        for rows, step in ((cost * 60, 1), (cost * 60 - 1, 10)):
            monkeypatch.setattr(affording, "ROWS_MAX", rows)
            found = [start - START for start, _ in shown(query)[0]["points"]]
            assert found[:2] == [0, step]


def test_a_heatmap_counts_values_by_their_size(push: Push) -> None:
    push(*[{"name": "wait", "value": value, "at": START + 0.5} for value in (0.3, 0.9, 3.0, 3.5, 0.0, -3.0)])
    lines = shown({"metric": "wait"}, type="heatmap")
    assert {line["labels"]["le"]: line["points"] for line in lines} == {
        "-2": [[START, 1]],
        "0": [[START, 1]],
        "0.5": [[START, 1]],
        "1": [[START, 1]],
        "4": [[START, 2]],
    }
    assert [float(line["labels"]["le"]) for line in lines] == [-2, 0, 0.5, 1, 4]


def test_the_lines_of_several_queries_have_keys_of_their_own(levels: np.ndarray) -> None:
    queries = [{"metric": "level", "fn": "min"}, {"metric": "level", "fn": "max", "legend": "most {host}"}]
    panel = Panel.model_validate({"id": "p", "type": "line", "queries": queries})
    lines = data([panel], START, START + 60, 60)["panels"]["p"]
    assert len({line["key"] for line in lines}) == 2


def test_of_too_many_lines_those_still_measured_and_known_longest_are_drawn() -> None:
    measured = {f"n{n}": [Member(1_000 - n, START)] for n in range(LINES_MAX + 50)}
    gone = {"gone": [Member(1, START - LATELY_SECONDS)], "back": [Member(2, START - 9_000), Member(3, START)]}
    found = drawn(measured | gone, START + 1)
    assert found == sorted(["back", *(f"n{n}" for n in range(51, LINES_MAX + 50))])
    assert drawn(gone, START) == ["back", "gone"]


@pytest.mark.parametrize("fn", ["avg", "p95", "moving_avg", "sum"])
def test_a_list_has_the_largest_of_all_however_many_there_are(push: Push, fn: str) -> None:
    count = LINES_MAX + 30
    now = {f"h{n:03}": float((n * 37) % count + 1) for n in range(count)}
    push(
        *[
            {"name": name, "value": value, "at": START + at, "labels": {"host": host}}
            for host, large in now.items()
            for name, at, value in (
                ("load", 5, count - large),  # the other way round, earlier
                ("load", 40 + large % 15, large),  # not all of them in the same second
                ("size", 40 + large % 15, large**2),
            )
        ]
    )
    query = {"metric": "load", "fn": fn, "by": ["host"], "window": 20}

    def listed(query: dict[str, Any]) -> set[str]:
        panel = Panel.model_validate({"id": "p", "type": "table", "queries": [query]})
        found = data([panel], START, START + 60, 1_000)
        assert found["more"] == {"p": 30}
        return {line["labels"]["host"] for line in found["panels"]["p"]}

    assert listed(query) == set(sorted(now, key=lambda host: -now[host])[:LINES_MAX])
    by_size = query | {"ratio_to": {"metric": "size", "fn": fn, "by": ["host"], "window": 20}}
    assert listed(by_size) == set(sorted(now, key=lambda host: now[host])[:LINES_MAX])


def test_a_window_that_is_not_closed_is_left_out(push: Push) -> None:
    now = int(time.time())
    Ticker.objects.create(pk=1, closed=now - 4)
    push(*[{"name": "level", "value": 1, "at": now - n} for n in range(10)])
    panel = Panel.model_validate({"id": "p", "type": "line", "queries": [{"metric": "level"}]})
    found = data([panel], now - 60, now + 60, 1_000)
    assert found["to"] == now - 3
    assert found["panels"]["p"][0]["points"][-1][0] == now - 4


@pytest.mark.parametrize(
    ("seconds", "width", "age", "name"),
    [
        (60, 1_000, 60, "1s"),
        (3_600, 1_000, 3_600, "10s"),
        (3_600, 4_000, 3_600, "1s"),
        (600, 1_000, 3 * 86_400, "10s"),
        (86_400, 2_000, 86_400, "1m"),
        (30 * 86_400, 1_000, 30 * 86_400, "1h"),
        (365 * 86_400, 1_000, 365 * 86_400, "1d"),
        (5 * 365 * 86_400, 500, 5 * 365 * 86_400, "1d"),
    ],
)
def test_the_range_the_width_and_the_age_choose_the_resolution(
    seconds: float, width: int, age: float, name: str
) -> None:
    assert tier_for(seconds, width, age).name == name
