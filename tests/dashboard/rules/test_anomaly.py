"""What is unusual for the hour, through the leader, with a clock that the test moves."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboard import partitions
from dashboard.models import Alert, Metric, Rollup1m, Rule, Series
from dashboard.rules.backtest import backtest
from dashboard.rules.schemas import Definition
from tests.dashboard.rules.conftest import NOW, Watchman, states

Make = Callable[..., Rule]


def weeks_of_load(*weeks: list[float]) -> None:
    """Values of `load` for each minute of the hour of NOW, one, two, … weeks before."""
    metric, _ = Metric.objects.get_or_create(name="load")
    series, _ = Series.objects.get_or_create(metric=metric, labels="{}", digest="load", last_at=NOW)
    hour = (NOW + 59) // 3_600 * 3_600
    partitions.ensure([hour - week * 604_800 for week in range(1, len(weeks) + 1)])
    Rollup1m.objects.bulk_create(
        Rollup1m(
            series=series, start=hour - week * 604_800 + minute * 60, count=1, last_at=0, sketch=b"",
            **dict.fromkeys(("sum", "min", "max", "last"), value),
        )
        for week, values in enumerate(weeks, 1)
        for minute, value in enumerate(values)
    )  # fmt: skip


ANOMALY: dict[str, Any] = {
    "kind": "anomaly",
    "query": {"metric": "load"},
    "over": 60,
    "deviations": 4,
    "recover": 2,
}


def test_what_is_unusual_for_the_hour_of_the_week_fires(make: Make, watch: Watchman, series: Series) -> None:
    weeks_of_load([10, 12] * 30, [9, 13] * 30, [10, 12] * 30)
    make(ANOMALY)
    seen: list[str] = []
    for value in (12, 18, 15, 14, 11):  # the middle is 11, the spread 1.48
        watch.at = NOW + 60 * len(seen)
        for second in range(0, 60, 10):
            watch.load(value, second)
        watch.passes(60)
        seen.append(states().get("", "ok"))
    assert seen == ["ok", "firing", "firing", "firing", "ok"]


def test_an_anomaly_says_how_far_away_from_what_is_usual_it_is(
    make: Make, watch: Watchman, series: Series
) -> None:
    weeks_of_load([10, 12] * 30, [9, 13] * 30, [10, 12] * 30)
    make(ANOMALY, every=60)
    watch.passes(60, value=20)
    assert Alert.objects.get().why == "20 is 6.07 deviations above the usual 11 (3 weeks)"
    tried = Definition.model_validate({"title": "Load", "condition": ANOMALY, "every": 60})
    (shown,) = backtest(tried, NOW, NOW + 60, NOW + 62)["series"]
    assert shown["usual"][-1] == [NOW + 60, 11.0, pytest.approx(1.4826)]


def test_a_single_week_is_not_what_is_usual(make: Make, watch: Watchman, series: Series) -> None:
    weeks_of_load([10, 12] * 30, [10, 12] * 14)
    make(ANOMALY)
    watch.passes(60, value=500)
    assert states() == {}


def test_the_last_outage_does_not_make_the_next_one_usual(
    make: Make, watch: Watchman, series: Series
) -> None:
    weeks_of_load([500] * 60, [10, 12] * 30, [10, 12] * 30, [10, 12] * 30)
    make(ANOMALY)
    watch.passes(60, value=500)
    assert states() == {"": "firing"}


@pytest.mark.parametrize(("direction", "fires"), [("above", False), ("below", True), ("both", True)])
def test_an_anomaly_may_be_in_one_direction(
    make: Make, watch: Watchman, series: Series, direction: str, fires: bool
) -> None:
    weeks_of_load([10, 12] * 30, [10, 12] * 30)
    make(ANOMALY | {"direction": direction})
    watch.passes(60, value=1)
    assert states() == ({"": "firing"} if fires else {})


def test_what_is_unusual_by_too_little_does_not_matter(make: Make, watch: Watchman, series: Series) -> None:
    weeks_of_load([10, 12] * 30, [10, 12] * 30)
    make(ANOMALY | {"least": 100})
    watch.passes(60, value=100)
    assert states() == {}


@pytest.fixture
def series(watch: Watchman) -> Series:
    """Of `load`, so that it is there before its past is written."""
    watch.load(11, -20)
    return Series.objects.get()
