"""Rules are judged once for every step, by one leader, in event time; and whoever is next goes on from there."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.actions import judged, rules
from dashboard.models import WHY_MAX, Alert, AlertChange, Rule
from dashboard.rules import evaluating
from dashboard.rules.judging import CATCH_UP_SECONDS
from dashboard.rules.schemas import Definition
from dashboard.ticker import LEASE_SECONDS, Leader
from project.accounts.models import User
from tests.dashboard.rules.conftest import NOW, THRESHOLD, Watchman, states, told

Make = Callable[..., Rule]


def test_an_alert_is_pending_then_firing_then_recovering_then_ok(make: Make, watch: Watchman) -> None:
    make(**{"for": 20, "keep_firing": 10})
    for value in (9, 9, 9, 9, 1, 1, 1):
        watch.passes(value=value)
    expected = [("", "pending"), ("", "firing"), ("", "recovering"), ("", "ok")]
    assert told() == expected
    assert told(stream="board.this-server") == expected
    changes = AlertChange.objects.order_by("pk").values_list("at", "before", "state")
    assert [(int(at.timestamp()) - NOW, before, state) for at, before, state in changes] == [
        (10, "ok", "pending"),
        (30, "pending", "firing"),
        (50, "firing", "recovering"),
        (60, "recovering", "ok"),
    ]


def test_a_new_incident_has_the_same_id(make: Make, watch: Watchman) -> None:
    make()
    for value in (9, 1, 9):
        watch.passes(value=value)
    alert = Alert.objects.get()
    assert (alert.incident, alert.fired, alert.state) == (2, NOW + 30, "firing")


def test_a_rule_that_cannot_be_read_keeps_nothing_from_the_others(
    make: Make, watch: Watchman, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = make(), make()
    Rule.objects.filter(pk=broken.pk).update(definition={**broken.definition, "for": -1})
    watch.passes(20, value=9)
    assert (states(broken), states(sound)) == ({}, {"": "firing"})
    assert f"Rule {broken.pk} cannot be read" in caplog.text


def test_each_rule_is_judged_as_often_as_it_says(make: Make, watch: Watchman) -> None:
    often, rarely = make(title="often"), make(title="rarely", every=60)
    watch.passes(50, value=9)
    assert (states(often), states(rarely)) == ({"": "firing"}, {})
    watch.passes(10, value=9)
    assert states(rarely) == {"": "firing"}


def test_a_clock_that_was_an_hour_ahead_holds_up_no_rule(make: Make, watch: Watchman) -> None:
    make()
    watch.leader.beat(NOW + 3_600)
    watch.passes(20, value=9)
    assert states() == {"": "firing"}


def test_a_step_is_judged_once(make: Make, watch: Watchman) -> None:
    make()
    watch.passes(value=9)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for tenth in range(3, 40, 3):
            watch.leader.beat(watch.at + tenth / 4)
    assert not [query for query in queries.captured_queries if "dashboard_rule" in query["sql"]]


def test_what_comes_late_changes_what_comes_next_and_not_what_was(make: Make, watch: Watchman) -> None:
    make({**THRESHOLD, "over": 20})
    watch.passes(value=1)
    watch.passes(value=1)
    watch.load(100, -15)  # in the first ten seconds
    watch.judge()
    assert states() == {}
    watch.load(100, -5)
    watch.passes(value=1)
    assert [change.at.timestamp() - NOW for change in AlertChange.objects.all()] == [30]


def test_the_next_leader_judges_what_none_did_and_nothing_twice(make: Make, watch: Watchman) -> None:
    make(**{"for": 20})
    for _ in range(6):
        watch.load(9)
        watch.at += 10
        if watch.at == NOW + 10:
            watch.judge()
    watch.leader = Leader()
    watch.judge()
    changes = AlertChange.objects.order_by("pk").values_list("at", "state")
    assert [(int(at.timestamp()) - NOW, state) for at, state in changes] == [(10, "pending"), (30, "firing")]
    assert told() == [("", "pending"), ("", "firing")]


def test_after_a_long_time_without_a_leader_what_lies_before_is_not_judged(
    make: Make, watch: Watchman
) -> None:
    make(**{"for": 60})
    watch.passes(value=9)
    watch.load(9)
    watch.at += CATCH_UP_SECONDS + 400
    watch.leader = Leader()
    watch.passes(value=9)
    alert = Alert.objects.get()
    assert alert.state == "pending"
    assert alert.since == NOW + 10


def test_a_leader_that_was_paused_writes_nothing(
    make: Make, watch: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    watch.passes(value=1)
    write, second = judged.write, Leader()

    def paused(*given: object) -> bool:
        monkeypatch.setattr(judged, "write", write)
        assert second.beat(watch.at + 2 + LEASE_SECONDS + 1)
        return write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(judged, "write", paused)
    watch.load(9)
    watch.at += 10
    watch.leader.beat(watch.at + 2)
    assert not watch.leader.leads
    assert told() == [("", "firing")]
    assert AlertChange.objects.count() == 1


def test_a_rule_that_was_changed_while_it_was_judged_is_judged_anew(
    make: Make, watch: Watchman, monkeypatch: pytest.MonkeyPatch, alice: User
) -> None:
    rule, other = make(), make(title="Other")
    write = judged.write

    def late(*given: object) -> bool:
        monkeypatch.setattr(judged, "write", write)
        above = {"title": "Load", "condition": {**THRESHOLD, "above": 50}}
        rules.update(alice, rule.pk, Definition.model_validate(above), 1)
        return write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(judged, "write", late)
    watch.passes(value=9)
    assert (states(rule), states(other)) == ({}, {"": "firing"})
    watch.passes(value=60)
    assert states(rule) == {"": "firing"}


def test_many_rules_cost_as_many_statements_as_one(make: Make, watch: Watchman) -> None:
    make()
    watch.passes(value=1)
    with CaptureQueriesContext(connection) as one:
        watch.passes(value=1)
    for n in range(40):
        make({**THRESHOLD, "over": 10 * (n % 6 + 1)}, title=f"Rule {n}", group_by=["host"])
    watch.passes(value=1, host="a")
    with CaptureQueriesContext(connection) as many:
        watch.passes(value=1, host="a")
    assert len(many) <= len(one) + 2


def test_many_alerts_at_once_are_not_each_compared_with_all_others(
    make: Make, watch: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(group_by=["host"])
    for n in range(20):
        watch.load(9, host=f"{n}")
    compared = []

    def same(one: Alert, other: object) -> bool:
        compared.append(other)
        return one is other

    monkeypatch.setattr(Alert, "__eq__", same)
    watch.passes()
    assert len(compared) <= 20
    assert len(states()) == 20


def test_a_long_error_is_clipped_to_what_the_database_keeps(
    make: Make, watch: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ValueError("x" * 2 * WHY_MAX)

    monkeypatch.setattr(evaluating, "readings", fail)
    make(on_error="alert")
    watch.passes(value=9)
    alert = Alert.objects.get()
    assert (alert.state, len(alert.why)) == ("firing", WHY_MAX)


def test_a_rule_that_is_off_is_not_judged(make: Make, watch: Watchman) -> None:
    make(enabled=False)
    watch.passes(20, value=9)
    assert states() == {}
