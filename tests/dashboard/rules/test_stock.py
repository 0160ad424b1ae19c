"""The rules that come with the site, those judged over what has passed, and what is forgotten."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.actions import silences
from dashboard.models import Alert, AlertChange, Rule, Silence
from dashboard.rules import past, retention, stock
from dashboard.rules.schemas import parsed
from notifications.models import Notification
from project.accounts.actions import create_user
from project.accounts.models import User
from tests.dashboard.rules.conftest import NOW, THRESHOLD, Watchman, history, states
from tests.support.jobs import run_due

Make = Callable[..., Rule]


def test_a_site_has_rules_from_its_first_start_and_they_tell_nobody(watch: Watchman) -> None:
    stock.make()
    rules = [parsed(row.definition) for row in Rule.objects.all()]
    assert len(rules) == len(stock.DEFINITIONS)
    assert not [rule for rule in rules if rule.followers.people or rule.followers.topics or rule.room]
    watch.passes(60)
    assert states() == {}
    assert not Rule.objects.exclude(error="").exists()


def test_whoever_deletes_them_is_not_contradicted(make: Make, alice: User) -> None:
    make()
    stock.make()
    assert Rule.objects.count() == 1


def test_a_server_that_says_nothing_any_more_is_told(watch: Watchman) -> None:
    stock.make()
    watch.push({"name": "host_cpu_percent", "value": 5, "at": NOW + 5, "labels": {"host": "a"}})
    watch.passes(60)
    assert states() == {}
    watch.passes(80)
    assert states() == {"host=a": "firing"}


def test_a_rule_may_be_judged_over_what_has_passed(make: Make, watch: Watchman, alice: User) -> None:
    for place, value in enumerate((1, 9, 9, 1, 1, 1)):
        watch.load(value, 10 * place + 5)
    rule = make(followers={"people": [alice.pk]}, group_wait=0)
    past.judge([rule], NOW, NOW + 60)
    assert history(Alert.objects.get()) == [("state", "firing"), ("state", "ok")]
    times = [int(one.at.timestamp()) - NOW for one in AlertChange.objects.order_by("pk")]
    assert times == [20, 40]
    run_due()
    assert not Notification.objects.exists()
    watch.at = NOW + 60
    watch.passes(value=9)
    assert states() == {"": "firing"}


def test_what_happened_long_ago_is_forgotten(make: Make, watch: Watchman, alice: User) -> None:
    make()
    watch.passes(value=9)
    watch.passes(value=1)
    silence = silences.create(alice, None, {"host": "a"}, timezone.now() + timedelta(hours=1))
    old = timezone.now() - retention.KEPT - timedelta(days=1)
    AlertChange.objects.filter(state="firing").update(at=old)
    retention.prune()
    assert Silence.objects.filter(pk=silence.pk).exists()
    assert history(Alert.objects.get()) == [("state", "ok")]
    Silence.objects.update(until=old)
    retention.prune()
    assert not Silence.objects.exists()


def test_alerts_that_were_ok_for_long_are_forgotten(
    make: Make, watch: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 1)
    make(group_by=["host"])
    for value, hosts in ((9, "abcd"), (1, "abc")):
        for host in hosts:
            watch.load(value, host=host)
        watch.passes()
    old = timezone.now() - retention.KEPT - timedelta(days=1)
    Alert.objects.exclude(labels__contains='"c"').update(since=int(old.timestamp()))
    retention.prune()
    assert states() == {"host=c": "ok", "host=d": "firing"}
    watch.passes(value=9, host="a")
    assert states() == {"host=c": "ok", "host=d": "firing", "host=a": "firing"}


@pytest.mark.parametrize("page", ["rule", "alert", "silence", "post"])
def test_staff_see_what_matters_in_the_admin(make: Make, watch: Watchman, alice: User, page: str) -> None:
    make({**THRESHOLD, "above": 1}, title="Staff look at this")
    watch.passes(value=9)
    silences.create(alice, None, {"host": "a"}, timezone.now() + timedelta(hours=1), "known")
    client = Client()
    client.force_login(create_user("staff", staff=True))
    listed = client.get(f"/admin/dashboard/{page}/")
    assert listed.status_code == 200
    expected = {"rule": "Staff look at this", "alert": "9 is above 1", "silence": "known", "post": "0 posts"}
    assert expected[page] in listed.content.decode()
    if page in ("rule", "alert"):
        row = (Rule if page == "rule" else Alert).objects.get()
        shown = client.get(f"/admin/dashboard/{page}/{row.pk}/change/").content.decode()
        assert ("Fires when" if page == "rule" else "is above 1") in shown
