"""Who takes care of an alert says so anywhere, and everybody sees it everywhere."""

from collections.abc import Callable

import pytest
from django.test import Client

from dashboard.actions import alerts
from dashboard.models import Alert, Rule
from dashboard.rules import notices
from notifications import actions
from notifications.actions import withdrawing
from project.accounts.models import User
from tests.dashboard.rules.conftest import Watchman, history, inbox, told
from tests.support.jobs import run_due, waiting

Make = Callable[..., Rule]


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
    watch.hosts(a=9, b=9)
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
    watch.hosts(a=9, b=9)
    first, second = Alert.objects.order_by("pk")
    withdrawing._set_aside([notices.key_of(first.pk, 1)])
    actions.acknowledge(alice.pk, [inbox(alice)[0].pk])
    run_due()
    second.refresh_from_db()
    assert second.acknowledged_by == alice


def test_an_alert_of_any_severity_is_acknowledged_in_the_inbox(
    follow: Make, watch: Watchman, alice: User, client: Client
) -> None:
    follow(severity="info")
    watch.passes(value=9)
    run_due()
    client.force_login(alice)
    page = client.get("/notifications/").content.decode()
    assert '<button type="button" class="icon-button" data-do="acknowledge" title="Acknowledge (a)">' in page
