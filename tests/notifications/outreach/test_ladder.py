"""How far a notification goes, and when, as long as it is not seen."""

from datetime import time, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from notifications import actions
from notifications.models import Delivery, Mute, Notification, Occurrence, Settings
from project.accounts.models import User
from tests.notifications.outreach.conftest import Clock, climb, deliveries, device_of, ladder, told
from tests.support.jobs import run_due, waiting

MINUTES = 60


@pytest.fixture(autouse=True)
def phone(alice: User) -> None:
    device_of(alice)


@pytest.mark.parametrize("priority", [3, 4])
def test_unseen_it_is_pushed_after_half_a_minute_and_mailed_after_ten(
    alice: User, clock: Clock, priority: int
) -> None:
    told(alice, priority=priority)
    climb(clock, hours=2)
    assert deliveries(alice) == [("push", 0.5), ("email", 10)]
    assert not waiting("ladder")


def test_it_goes_to_every_device(alice: User, clock: Clock) -> None:
    device_of(alice, "https://push.example.org/2")
    told(alice)
    climb(clock, minutes=1)
    assert [channel for channel, _ in deliveries(alice)] == ["push", "push"]


def change(row: Notification, **values: object) -> None:
    Notification.objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize("what", ["read_at", "acknowledged_at", "withdrawn_at", "expires_at"])
def test_what_is_over_goes_no_further(alice: User, clock: Clock, what: str) -> None:
    row = told(alice)
    climb(clock, minutes=5)
    change(row, **{what: timezone.now()})
    climb(clock, minutes=30)
    assert deliveries(alice) == [("push", 0.5)]


def test_what_was_seen_in_the_inbox_goes_no_further(alice: User, clock: Clock) -> None:
    row = told(alice)
    Settings.objects.create(user=alice, seen_seq=row.seq)
    climb(clock, minutes=30)
    assert deliveries(alice) == []


def test_seeing_what_came_before_it_is_not_enough(alice: User, clock: Clock) -> None:
    row = told(alice)
    Settings.objects.create(user=alice, seen_seq=row.seq - 1)
    climb(clock, minutes=30)
    assert len(deliveries(alice)) == 2


def test_a_snoozed_one_waits_for_what_wakes_it(alice: User, clock: Clock) -> None:
    change(told(alice), snoozed_until=timezone.now() + timedelta(hours=1))
    climb(clock, hours=2)
    assert deliveries(alice) == []


def test_a_muted_source_is_not_pushed_any_more(alice: User, clock: Clock) -> None:
    told(alice, source="room.7")
    Mute.objects.create(user=alice, source="room.7")
    climb(clock, minutes=30)
    assert deliveries(alice) == []


def test_nobody_is_reached_who_has_left(alice: User, clock: Clock) -> None:
    told(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    climb(clock, minutes=30)
    assert deliveries(alice) == []


@pytest.mark.parametrize(("channel", "left"), [("push", ["email"]), ("email", ["push"])])
def test_a_kind_keeps_to_the_channels_its_person_wants(
    alice: User, clock: Clock, channel: str, left: list[str]
) -> None:
    actions.set_preference(alice, "notice", channel, False)
    told(alice)
    climb(clock, minutes=30)
    assert [one for one, _ in deliveries(alice)] == left


def test_an_address_that_nobody_confirmed_gets_no_mail(alice: User, clock: Clock) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email.upper(), verified=False)
    told(alice)
    climb(clock, minutes=30)
    assert deliveries(alice) == [("push", 0.5)]


def test_a_site_without_a_mail_server_sends_none(alice: User, clock: Clock, settings: object) -> None:
    settings.EMAIL_URL = ""  # type: ignore[attr-defined]
    told(alice)
    climb(clock, minutes=30)
    assert deliveries(alice) == [("push", 0.5)]


def test_what_grows_is_pushed_again_but_mailed_once(alice: User, clock: Clock) -> None:
    row = told(alice)
    for _ in range(4):
        climb(clock, minutes=7)
        change(row, revision=row.revision + 1)
        row.refresh_from_db()
        ladder(row)
    climb(clock, minutes=7)
    assert deliveries(alice) == [
        ("push", 0.5), ("push", 7.5), ("email", 10), ("push", 14.5), ("push", 21.5), ("push", 28.5),
    ]  # fmt: skip
    assert [row.revision for row in Delivery.objects.filter(channel="push").order_by("pk")] == [1, 2, 3, 4, 5]


def test_what_grows_all_the_time_is_mailed_all_the_same(alice: User, clock: Clock) -> None:
    row = told(alice)
    for _ in range(30):
        climb(clock, minutes=1)
        ladder(row)
    assert [minute for channel, minute in deliveries(alice) if channel == "email"] == [
        pytest.approx(10, abs=3)
    ]


def test_what_comes_on_top_of_what_was_seen_has_its_own_ten_minutes(alice: User, clock: Clock) -> None:
    row = told(alice)
    climb(clock, minutes=5)
    Settings.objects.create(user=alice, seen_seq=row.seq)
    climb(clock, minutes=55)
    Occurrence.objects.create(
        recipient=alice, notification=row, dedupe_key="more", title="More", seq=row.seq + 1000
    )
    change(row, seq=row.seq + 1000, news_seq=row.seq + 1000)
    ladder(row)
    climb(clock, minutes=30)
    assert deliveries(alice) == [("push", 0.5), ("push", 60.5), ("email", 70)]


def test_what_comes_just_before_the_mail_is_pushed_too(alice: User, clock: Clock) -> None:
    row = told(alice)
    climb(clock, minutes=9.5)
    clock.forward(seconds=15)
    ladder(row)
    climb(clock, minutes=5)
    assert sorted(deliveries(alice)) == [("email", 10.25), ("push", 0.5), ("push", 10.25)]


@pytest.mark.parametrize(
    ("priority", "expected"),
    [(3, [("push", 60.5), ("email", 70)]), (5, [("push", 60), ("email", 62), ("push", 65), ("push", 70)])],
)
def test_what_comes_back_from_a_snooze_begins_anew(
    alice: User, clock: Clock, priority: int, expected: list[tuple[str, float]]
) -> None:
    row = told(alice, priority=priority, begin=False)
    actions.snooze(alice.pk, [row.pk], timezone.now() + timedelta(hours=1))
    clock.forward(hours=1)
    run_due(only="wake")
    climb(clock, minutes=14)
    assert deliveries(alice) == expected


def test_a_worker_that_comes_late_leaves_time_between_push_and_mail(alice: User, clock: Clock) -> None:
    told(alice)
    clock.forward(hours=1)
    climb(clock, minutes=10)
    assert deliveries(alice) == [("push", 60), ("email", 62)]


# --- Quiet hours


@pytest.fixture
def at_night(alice: User) -> None:
    """From ten in the evening to seven in the morning, in Vienna: until 06:00 UTC in winter."""
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Vienna")
    Settings.objects.create(user=alice, quiet_from=time(22), quiet_until=time(7))


@pytest.mark.usefixtures("at_night")
def test_quiet_hours_put_it_off_to_their_end_and_the_mail_after_that(alice: User, clock: Clock) -> None:
    clock.set("2026-03-04 23:00 +0000")
    told(alice)
    climb(clock, hours=9)
    assert deliveries(alice) == [("push", 7 * 60 + 0.5), ("email", 7 * 60 + 10)]


@pytest.mark.usefixtures("at_night")
def test_what_was_seen_during_quiet_hours_is_not_sent_after_them(alice: User, clock: Clock) -> None:
    clock.set("2026-03-04 23:00 +0000")
    row = told(alice)
    climb(clock, hours=1)
    change(row, read_at=timezone.now())
    climb(clock, hours=9)
    assert deliveries(alice) == []


@pytest.mark.usefixtures("at_night")
def test_a_mail_that_would_fall_into_quiet_hours_waits_too(alice: User, clock: Clock) -> None:
    clock.set("2026-03-04 20:55 +0000")  # five to ten in Vienna
    told(alice)
    climb(clock, hours=12)
    assert deliveries(alice) == [("push", 0.5), ("email", 9 * 60 + 5 + 10)]


@pytest.mark.usefixtures("at_night")
def test_what_is_urgent_ignores_quiet_hours(alice: User, clock: Clock) -> None:
    clock.set("2026-03-04 23:00 +0000")
    told(alice, priority=5)
    climb(clock, minutes=3)
    assert deliveries(alice) == [("push", 0), ("email", 2)]
