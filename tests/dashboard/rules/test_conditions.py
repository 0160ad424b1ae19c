"""Each kind of condition, through the leader, with a clock that the test moves."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboard import partitions
from dashboard.models import Alert, Metric, Rollup1m, Rule, Series
from tests.dashboard.conftest import Push
from tests.dashboard.rules.conftest import NOW, Watchman, history, sample, states, told

Make = Callable[..., Rule]


def test_a_threshold_fires_beyond_its_bound_and_recovers_where_it_says(make: Make, watch: Watchman) -> None:
    make({"kind": "threshold", "query": {"metric": "load"}, "over": 10, "above": 5, "recover": 3})
    seen = []
    for value in (5, 6, 4, 3.5, 7, 3, 4):
        watch.passes(value=value)
        seen.append(states().get("", "ok"))
    assert seen == ["ok", "firing", "firing", "firing", "firing", "ok", "ok"]
    assert told() == [("", "firing"), ("", "ok")]


def test_an_alert_says_what_was_seen_and_when(make: Make, watch: Watchman) -> None:
    make()
    watch.passes(value=6)
    alert = Alert.objects.get()
    assert (alert.value, alert.why, alert.since, alert.fired) == (6.0, "6 is above 5", NOW + 10, NOW + 10)


def test_a_value_may_be_too_low(make: Make, watch: Watchman) -> None:
    make({"kind": "threshold", "query": {"metric": "load"}, "over": 10, "below": 5, "recover": 8})
    seen = []
    for value in (6, 4, 7, 8):
        watch.passes(value=value)
        seen.append(states().get("", "ok"))
    assert seen == ["ok", "firing", "firing", "ok"]


def test_a_rule_looks_at_all_the_time_that_it_says(make: Make, watch: Watchman) -> None:
    make({"kind": "threshold", "query": {"metric": "load", "fn": "avg"}, "over": 30, "above": 5})
    for value, state in ((9, "firing"), (3, "firing"), (0, "ok"), (12, "ok"), (9, "firing")):
        watch.passes(value=value)
        assert states()[""] == state, value


def test_a_quantile_is_a_threshold_too(make: Make, watch: Watchman, push: Push) -> None:
    make({"kind": "threshold", "query": {"metric": "lag", "fn": "p95"}, "over": 10, "above": 5})
    push(*[sample("lag", 10 if n == 0 else 1, NOW + n / 10) for n in range(30)])
    watch.passes()
    assert states() == {}
    push(*[sample("lag", 10 if n < 3 else 1, NOW + 10 + n / 10) for n in range(30)])
    watch.passes()
    assert states() == {"": "firing"}


def test_a_ratio_is_a_threshold_too(make: Make, watch: Watchman, push: Push) -> None:
    ratio = {"metric": "errors", "fn": "rate", "ratio_to": {"metric": "requests", "fn": "rate"}}
    make({"kind": "threshold", "query": ratio, "over": 10, "above": 0.1})
    counted = {"kind": "counter"}
    push(sample("errors", 1, NOW + 1) | counted, sample("requests", 10, NOW + 1) | counted)
    watch.passes()
    assert states() == {}
    push(sample("errors", 2, NOW + 11) | counted, sample("requests", 10, NOW + 11) | counted)
    watch.passes()
    assert Alert.objects.get().value == pytest.approx(0.2)


def test_sessions_are_those_of_the_time_that_is_looked_at(make: Make, watch: Watchman) -> None:
    make({"kind": "threshold", "query": {"metric": "load", "fn": "sessions"}, "over": 30, "above": 2})
    for user in "ab":
        watch.load(1, user=user)
    watch.passes(value=0, user="c")
    assert states() == {}
    watch.passes(value=1, user="c")
    assert Alert.objects.get().value == 3


def test_the_sum_of_a_level_does_not_grow_with_the_time_that_is_looked_at(
    make: Make, watch: Watchman
) -> None:
    make({"kind": "threshold", "query": {"metric": "load", "fn": "sum"}, "over": 60, "above": 9.5})
    for _ in range(6):
        watch.load(4, host="a")
        watch.load(5, host="b")
        watch.passes()
    assert states() == {}
    watch.load(50, host="b")
    watch.passes()
    assert Alert.objects.get().value == pytest.approx(4 + 75 / 6)


def test_a_change_is_compared_with_what_was_earlier(make: Make, watch: Watchman) -> None:
    make({"kind": "change", "query": {"metric": "load"}, "over": 10, "window": 20, "above": 5})
    for value in (1, 1, 5, 7):
        watch.passes(value=value)
    assert Alert.objects.get().value == 6
    watch.passes(value=10)
    assert states() == {"": "ok"}


def test_a_change_may_be_in_percent_and_downwards(make: Make, watch: Watchman) -> None:
    make(
        {
            "kind": "change",
            "query": {"metric": "load"},
            "over": 10,
            "window": 10,
            "below": -40,
            "percent": True,
        }
    )
    watch.passes(value=100)
    watch.passes(value=70)
    assert states() == {}
    watch.passes(value=35)
    assert Alert.objects.get().value == pytest.approx(-50)


def test_what_is_too_large_for_a_number_is_no_data(make: Make, watch: Watchman) -> None:
    change = {
        "kind": "change",
        "query": {"metric": "load"},
        "over": 10,
        "window": 10,
        "above": 1,
        "percent": True,
    }
    make(change, no_data="alert")
    watch.passes(value=1e-300)
    watch.passes(value=1e140)
    assert Alert.objects.get().why == "There is nothing to compare with 10 s ago."
    watch.passes(value=1e-300)
    watch.passes(value=1e140)
    assert Alert.objects.get().state == "firing"


def test_no_data_fires_for_whom_nothing_comes_from_any_more(make: Make, watch: Watchman) -> None:
    make({"kind": "no_data", "query": {"metric": "load"}, "over": 30}, group_by=["host"])
    watch.load(1, host="a")
    for _ in range(2):
        watch.passes(value=1, host="b")
    assert states() == {}
    for _ in range(2):
        watch.passes(value=1, host="b")
    assert states() == {"host=a": "firing"}
    assert Alert.objects.get().why == "Nothing was measured for 30 s."
    watch.load(1, host="a")
    watch.passes()
    assert states() == {"host=a": "ok"}


def test_no_data_fires_where_there_never_was_any(make: Make, watch: Watchman) -> None:
    make({"kind": "no_data", "query": {"metric": "nothing"}, "over": 10})
    watch.passes()
    assert states() == {"": "firing"}


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


class TestComposite:
    """A and not B, over what other rules say."""

    @pytest.fixture
    def both(self, make: Make) -> tuple[Rule, Rule]:
        load = {"metric": "load", "where": {"of": "a"}}
        first = make(
            {"kind": "threshold", "query": load, "over": 10, "above": 5}, title="A", group_by=["host"]
        )
        other = {"metric": "load", "where": {"of": "b"}}
        second = make({"kind": "threshold", "query": other, "over": 10, "above": 5}, title="B")
        return first, second

    def test_fires_while_one_does_and_another_does_not(
        self, make: Make, watch: Watchman, both: tuple[Rule, Rule]
    ) -> None:
        rule = make({"kind": "composite", "all": [both[0].pk], "none": [both[1].pk]}, title="A and not B")
        watch.load(9, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {"": "firing"}
        watch.load(9, of="a", host="x")
        watch.passes(value=9, of="b")
        assert states(rule) == {"": "ok"}
        watch.load(9, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {"": "firing"}
        watch.load(1, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {"": "ok"}

    def test_is_asked_of_each_label_set(self, make: Make, watch: Watchman, both: tuple[Rule, Rule]) -> None:
        condition = {"kind": "composite", "all": [both[0].pk], "none": [both[1].pk]}
        rule = make(condition, title="A and not B", group_by=["host"])
        watch.load(9, of="a", host="x")
        watch.load(9, of="a", host="y")
        watch.passes(value=1, of="b")
        assert states(rule) == {"host=x": "firing", "host=y": "firing"}
        watch.load(9, of="a", host="x")
        watch.load(1, of="a", host="y")
        watch.passes(value=1, of="b")
        assert states(rule) == {"host=x": "firing", "host=y": "ok"}
        watch.load(9, of="a", host="x")
        watch.passes(value=9, of="b")
        assert states(rule) == {"host=x": "ok", "host=y": "ok"}

    def test_any_of_several(self, make: Make, watch: Watchman, both: tuple[Rule, Rule]) -> None:
        rule = make({"kind": "composite", "any": [one.pk for one in both]}, title="A or B")
        watch.load(1, of="a", host="x")
        watch.passes(value=1, of="b")
        assert states(rule) == {}
        watch.passes(value=9, of="b")
        assert states(rule) == {"": "firing"}

    def test_cannot_be_answered_without_a_rule_that_it_is_made_of(
        self, make: Make, watch: Watchman, both: tuple[Rule, Rule]
    ) -> None:
        rule = make({"kind": "composite", "all": [both[0].pk]}, title="A", on_error="alert")
        Rule.objects.filter(pk=both[0].pk).update(enabled=False)
        watch.passes()
        rule.refresh_from_db()
        assert rule.error == f"Rule {both[0].pk} is not evaluated."
        assert states(rule) == {"": "firing"}


def test_each_label_set_has_an_alert_of_its_own(make: Make, watch: Watchman) -> None:
    rule = make(group_by=["host"])
    watch.load(9, host="a")
    watch.load(1, host="b")
    watch.passes()
    assert states(rule) == {"host=a": "firing"}
    watch.load(1, host="a")
    watch.load(9, host="b")
    watch.passes()
    assert states(rule) == {"host=a": "ok", "host=b": "firing"}


def test_what_cannot_be_asked_is_an_error_of_the_rule_and_no_other(
    make: Make, watch: Watchman, push: Push
) -> None:
    push(sample("hits", 1, NOW + 1) | {"kind": "counter"})
    wrong = make({"kind": "threshold", "query": {"metric": "hits", "fn": "p95"}, "above": 1}, title="Wrong")
    right = make()
    watch.passes(value=9)
    wrong.refresh_from_db()
    assert wrong.error == "hits is a counter, which has no p95."
    assert states(right) == {"": "firing"}
    assert states(wrong) == {}


def test_no_data_is_what_the_rule_says_it_is(make: Make, watch: Watchman) -> None:
    rules = {policy: make(title=policy, no_data=policy) for policy in ("ok", "keep", "alert")}
    watch.passes(value=9)
    assert {policy: states(rule)[""] for policy, rule in rules.items()} == dict.fromkeys(rules, "firing")
    watch.passes()
    assert {policy: states(rule)[""] for policy, rule in rules.items()} == {
        "ok": "ok",
        "keep": "firing",
        "alert": "firing",
    }


def test_what_is_not_measured_any_more_is_forgotten(make: Make, watch: Watchman) -> None:
    rule = make(group_by=["host"])
    watch.passes(value=9, host="a")
    Series.objects.update(last_at=NOW - 90_000)
    watch.passes(60)
    assert states(rule) == {"host=a": "ok"}
    assert history(Alert.objects.get()) == [("state", "firing"), ("state", "ok")]
