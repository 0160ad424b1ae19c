"""Whom alerts are told: once, together, with what they are worth, and no longer when they are over."""

from collections.abc import Callable

import pytest

from dashboard.actions import alerts, rules
from dashboard.models import Alert, Rule
from dashboard.rules.schemas import parsed
from notifications import actions
from notifications.models import Mute, Notification, Occurrence, Topic
from project.accounts.models import User
from project.jobs import queue
from project.jobs.models import Job
from tests.dashboard.rules.conftest import Watchman, inbox
from tests.support.jobs import run_due, waiting

Make = Callable[..., Rule]


def test_followers_are_told_and_no_longer_when_it_is_over(follow: Make, watch: Watchman, alice: User) -> None:
    rule = follow(severity="critical", description="Restart it.", group_by=["host"])
    watch.passes(value=9, host="a")
    run_due()
    (note,) = inbox(alice)
    alert = Alert.objects.get()
    assert (note.title, note.body) == ("Load: a", "9 is above 5.\nRestart it.")
    assert (note.kind, note.priority, note.source) == ("alert", 5, f"rule.{rule.pk}")
    assert note.link == f"/dashboard/alerts/?alert={alert.pk}"
    watch.passes(value=1, host="a")
    run_due()
    assert inbox(alice) == []


@pytest.mark.parametrize(("severity", "priority"), [("info", 3), ("warning", 4), ("critical", 5)])
def test_what_is_severe_is_urgent(
    follow: Make, watch: Watchman, alice: User, severity: str, priority: int
) -> None:
    follow(severity=severity)
    watch.passes(value=9)
    run_due()
    assert [note.priority for note in inbox(alice)] == [priority]


def test_nobody_is_told_of_what_is_pending(follow: Make, watch: Watchman, alice: User) -> None:
    follow(**{"for": 60})
    watch.passes(20, value=9)
    run_due()
    assert inbox(alice) == []
    assert not waiting(alerts.GROUP)


def test_one_outage_is_one_notice(follow: Make, watch: Watchman, alice: User) -> None:
    for n in range(3):
        follow(title=f"Rule {n}", group_by=["host"], severity="critical" if n == 1 else "info")
    for host in "abcd":
        watch.load(9, host=host)
    watch.passes()
    assert len(waiting(alerts.GROUP)) == 1
    run_due()
    (note,) = inbox(alice)
    assert (note.title, note.count, note.priority) == ("12 alerts: This server", 12, 5)
    assert Job.objects.filter(name="ladder").count() == 1


def test_what_fires_within_the_wait_is_told_together(follow: Make, watch: Watchman, alice: User) -> None:
    follow(group_by=["host"], group_wait=300)
    watch.passes(value=9, host="a")
    run_due()
    watch.passes(value=9, host="b")
    run_due()
    assert inbox(alice) == []
    Job.objects.filter(name=alerts.GROUP).update(due_at="2020-01-01T00:00Z")
    run_due()
    (note,) = inbox(alice)
    assert note.count == 2


def test_what_is_over_goes_from_the_notice_and_the_notice_goes_with_the_last(
    follow: Make, watch: Watchman, alice: User
) -> None:
    follow(group_by=["host"])
    watch.hosts(a=9, b=9)
    assert inbox(alice)[0].count == 2
    watch.hosts(a=1, b=9)
    (note,) = inbox(alice)
    assert (note.title, note.count) == ("Load: b", 1)
    watch.passes(value=1, host="b")
    run_due()
    assert inbox(alice) == []


def test_a_rule_may_be_a_group_of_its_own(follow: Make, watch: Watchman, alice: User) -> None:
    follow(title="A", group="rule")
    follow(title="B")
    watch.passes(value=9)
    run_due()
    assert sorted(note.title for note in inbox(alice)) == ["A", "B"]


def test_what_waits_for_its_group_is_told_where_its_rule_is_in_another_one_now(
    follow: Make, watch: Watchman, alice: User
) -> None:
    rule = follow(group_wait=300)
    watch.passes(value=9)
    own = parsed(rule.definition).model_copy(update={"group": "rule", "group_wait": 0})
    rules.update(alice, rule.pk, own, None)
    run_due()
    assert [note.title for note in inbox(alice)] == ["Load"]


def test_what_was_seen_is_one_sentence(follow: Make, watch: Watchman, alice: User) -> None:
    follow({"kind": "no_data", "query": {"metric": "load"}, "over": 10})
    watch.passes()
    run_due()
    assert [note.body for note in inbox(alice)] == ["Nothing was measured for 10 s."]


def test_flapping_tells_nobody_anew(follow: Make, watch: Watchman, alice: User) -> None:
    follow(
        {"kind": "threshold", "query": {"metric": "load"}, "over": 10, "above": 5, "recover": 2},
        keep_firing=30,
    )
    for value in (9, 4, 9, 4, 1, 1, 9, 1, 4, 9):
        watch.passes(value=value)
        run_due()
    (note,) = inbox(alice)
    assert (note.count, note.revision) == (1, 1)
    assert Occurrence.objects.count() == 1


def test_what_is_over_before_its_time_has_come_is_never_told(
    follow: Make, watch: Watchman, alice: User
) -> None:
    follow()
    watch.passes(value=9)
    watch.passes(value=1)
    run_due()
    assert not Notification.objects.exists()
    assert Alert.objects.get().told == 0


def test_a_new_incident_is_told_anew(follow: Make, watch: Watchman, alice: User) -> None:
    follow()
    for value in (9, 1, 9):
        watch.passes(value=value)
        run_due()
    assert len(inbox(alice)) == 1
    assert Notification.objects.count() == 2


def test_a_job_that_runs_twice_tells_once(follow: Make, watch: Watchman, alice: User) -> None:
    rule = follow()
    watch.passes(value=9)
    run_due()
    queue.put(alerts.GROUP, {"group": f"board.{rule.board_id}"})
    Alert.objects.update(told=0)  # as if the first had died after telling, had it not been one transaction
    queue.put(alerts.GROUP, {"group": f"board.{rule.board_id}"})
    run_due()
    (note,) = inbox(alice)
    assert note.count == 1


def test_those_who_follow_a_topic_are_told_by_its_list(
    make: Make, watch: Watchman, alice: User, bob: User
) -> None:
    actions.make_topic("ops")
    for user in (alice, bob):
        actions.follow(user, "ops")
    actions.mute(bob, "topic.ops")
    make(followers={"topics": ["ops"], "people": [alice.pk]}, group_wait=0, severity="critical")
    watch.passes(value=9)
    run_due()
    (note,) = inbox(alice)
    assert (note.source, note.source_name) == ("topic.ops", "ops")
    assert inbox(bob) == []
    Mute.objects.all().delete()
    Topic.objects.all().delete()
