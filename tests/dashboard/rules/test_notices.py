"""Whom alerts are told: once, together, with what they are worth, and no longer when they are over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from dashboard.actions import alerts, rules, silences
from dashboard.models import Alert, Rule
from dashboard.rules import notices
from dashboard.rules.schemas import DAYS, parsed
from notifications import actions
from notifications.actions import withdrawing
from notifications.models import Mute, Notification, Occurrence, Topic
from project.accounts.actions import create_user
from project.accounts.models import User
from project.jobs import queue
from project.jobs.models import Job
from tests.dashboard.rules.conftest import Watchman, history, states, told
from tests.support.jobs import run_due, waiting

Make = Callable[..., Rule]


@pytest.fixture
def bob(alice: User) -> User:
    return create_user("bob")


@pytest.fixture
def follow(make: Make, alice: User) -> Make:
    """A rule that alice follows, told at once."""

    def follow(condition: dict[str, Any] | None = None, **more: Any) -> Rule:
        return make(condition, **{"followers": {"people": [alice.pk]}, "group_wait": 0} | more)

    return follow


def inbox(user: User) -> list[Notification]:
    return list(Notification.objects.filter(recipient=user, withdrawn_at=None).order_by("pk"))


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
    watch.load(9, host="a")
    watch.load(9, host="b")
    watch.passes()
    run_due()
    assert inbox(alice)[0].count == 2
    watch.load(1, host="a")
    watch.load(9, host="b")
    watch.passes()
    run_due()
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


class TestAcknowledging:
    """From the alert or from a notification: both show it, to everyone."""

    @pytest.fixture
    def both(self, follow: Make, watch: Watchman, alice: User, bob: User) -> Alert:
        follow(followers={"people": [alice.pk, bob.pk]}, severity="critical")
        watch.passes(value=9)
        run_due()
        return Alert.objects.get()

    def test_an_alert_acknowledges_the_notifications_of_everyone(
        self, both: Alert, alice: User, bob: User
    ) -> None:
        alerts.acknowledge(alice, both.pk)
        run_due(only=alerts.TAKEN)
        for user in (alice, bob):
            (note,) = inbox(user)
            assert note.acknowledged_at is not None
        both.refresh_from_db()
        assert both.acknowledged_by == alice
        assert history(both) == [("state", "firing"), ("acknowledged", "firing")]
        assert not waiting(notices.ACKNOWLEDGE)

    def test_a_notification_acknowledges_the_alert_and_what_others_were_told(
        self, both: Alert, alice: User, bob: User
    ) -> None:
        actions.acknowledge(bob.pk, [inbox(bob)[0].pk])
        run_due(only=notices.ACKNOWLEDGE)
        run_due(only=alerts.TAKEN)
        both.refresh_from_db()
        assert both.acknowledged_by == bob
        assert inbox(alice)[0].acknowledged_at is not None
        assert told()[-1] == ("", "firing")

    def test_who_was_first_stays(self, both: Alert, alice: User, bob: User) -> None:
        alerts.acknowledge(alice, both.pk)
        assert alerts.acknowledge(bob, both.pk).acknowledged_by == alice
        actions.acknowledge(bob.pk, [inbox(bob)[0].pk])
        run_due()
        both.refresh_from_db()
        assert both.acknowledged_by == alice

    def test_can_be_given_back(self, both: Alert, alice: User, bob: User) -> None:
        alerts.acknowledge(alice, both.pk)
        alerts.unacknowledge(bob, both.pk)
        both.refresh_from_db()
        assert both.acknowledged_by is None
        assert history(both)[-1] == ("unacknowledged", "firing")
        assert not waiting(alerts.GROUP)

    def test_what_is_given_back_before_anybody_was_told_is_told(
        self, follow: Make, watch: Watchman, alice: User
    ) -> None:
        follow()
        watch.passes(value=9)
        pk = Alert.objects.get().pk
        alerts.acknowledge(alice, pk)
        run_due()
        assert inbox(alice) == []
        alerts.unacknowledge(alice, pk)
        run_due()
        assert len(inbox(alice)) == 1

    def test_is_over_with_the_incident(self, both: Alert, watch: Watchman, alice: User) -> None:
        alerts.acknowledge(alice, both.pk)
        watch.passes(value=1)
        both.refresh_from_db()
        assert (both.state, both.acknowledged_by) == ("ok", None)
        watch.passes(value=9)
        both.refresh_from_db()
        assert (both.state, both.acknowledged_by) == ("firing", None)

    def test_lasts_while_it_recovers(self, follow: Make, watch: Watchman, alice: User) -> None:
        follow(keep_firing=60)
        watch.passes(value=9)
        alerts.acknowledge(alice, Alert.objects.get().pk)
        watch.passes(value=1)
        watch.passes(value=9)
        alert = Alert.objects.get()
        assert (alert.state, alert.acknowledged_by) == ("firing", alice)


def test_a_notice_for_several_is_acknowledged_when_all_of_them_are(
    follow: Make, watch: Watchman, alice: User
) -> None:
    follow(group_by=["host"])
    watch.load(9, host="a")
    watch.load(9, host="b")
    watch.passes()
    run_due()
    first, second = Alert.objects.order_by("pk")
    alerts.acknowledge(alice, first.pk)
    run_due(only=alerts.TAKEN)
    assert inbox(alice)[0].acknowledged_at is None
    alerts.acknowledge(alice, second.pk)
    run_due(only=alerts.TAKEN)
    assert inbox(alice)[0].acknowledged_at is not None


def test_a_notice_is_acknowledged_while_a_part_of_it_is_being_taken_back(
    follow: Make, watch: Watchman, alice: User
) -> None:
    follow(group_by=["host"])
    watch.load(9, host="a")
    watch.load(9, host="b")
    watch.passes()
    run_due()
    first, second = Alert.objects.order_by("pk")
    withdrawing._set_aside([notices.key_of(first.pk, 1)])
    actions.acknowledge(alice.pk, [inbox(alice)[0].pk])
    run_due()
    second.refresh_from_db()
    assert second.acknowledged_by == alice


def test_nobody_is_told_of_what_is_silenced_until_it_is_not(
    follow: Make, watch: Watchman, alice: User
) -> None:
    rule = follow(group_by=["host"])
    silence = silences.create(alice, rule.pk, {"host": "a"}, in_an_hour(), "known")
    watch.load(9, host="a")
    watch.load(9, host="b")
    watch.passes()
    run_due()
    assert [note.title for note in inbox(alice)] == ["Load: b"]
    assert dict(Alert.objects.values_list("labels", "silenced")) == {
        '{"host":"a"}': True,
        '{"host":"b"}': False,
    }
    silences.delete(alice, silence.pk)
    run_due()
    assert [note.count for note in inbox(alice)] == [2]
    assert states() == {"host=a": "firing", "host=b": "firing"}


def test_a_silence_that_is_over_is_noticed(follow: Make, watch: Watchman, alice: User) -> None:
    rule = follow()
    silence = silences.create(alice, rule.pk, {}, in_an_hour(), "")
    watch.passes(value=9)
    type(silence).objects.update(until="2020-01-01T00:00Z")
    watch.passes(value=9)
    run_due()
    assert len(inbox(alice)) == 1
    assert [kind for kind, _ in history(Alert.objects.get())] == ["state", "silenced", "unsilenced"]


def test_nobody_is_told_in_mute_times(follow: Make, watch: Watchman, alice: User) -> None:
    always = {"days": list(DAYS), "from": "00:00", "until": "00:00", "zone": "Europe/Vienna"}
    follow(mute_times=[always])
    watch.passes(value=9)
    run_due()
    assert inbox(alice) == []
    assert Alert.objects.get().silenced


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)
