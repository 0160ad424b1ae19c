"""Each kind of condition, through the leader, with a clock that the test moves."""

from collections.abc import Callable

import pytest

from dashboard.models import Alert, Rule, Series
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
