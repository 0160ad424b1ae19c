"""The digest: at the person's own time, about what is unread when it is sent."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications import actions
from notifications.models import Delivery, Digest, Notification, Settings
from notifications.outreach.digest import next_time
from notifications.outreach.mail import MAX_ATTEMPTS
from notifications.timeline import moments_of
from project.accounts.models import User
from tests.notifications.outreach.conftest import Clock, told
from tests.notifications.outreach.test_mail import part, way_out
from tests.support.jobs import run_due, waiting
from tests.support.mail_server import MailServer


def wants(user: User, digest: str, at: time = time(8), **wishes: Any) -> None:
    actions.save_settings(user, {"digest": digest, "digest_at": at} | wishes)


def quietly(user: User, **values: Any) -> Notification:
    """Something that waits for the digest."""
    return told(user, priority=2, begin=False, **values)


def days(clock: Clock, count: int) -> None:
    for _ in range(count * 24):
        run_due()
        clock.forward(hours=1)


def test_it_comes_every_day_at_its_time_as_long_as_there_is_something_new(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    wants(alice, "daily")
    quietly(alice, title="one")
    days(clock, 1)
    assert mail.told() == ["Unread: one"]
    days(clock, 2)
    assert len(mail.letters) == 1
    quietly(alice, title="two")
    days(clock, 1)
    assert mail.told() == ["Unread: one", "2 unread: two"]


def test_it_is_about_what_is_unread_when_it_is_sent(alice: User, mail: MailServer, clock: Clock) -> None:
    wants(alice, "daily")
    read, snoozed, left = (quietly(alice, title=title) for title in ("done with", "put off", "left"))
    line = told(alice, priority=1, begin=False, title="no more than a line in the inbox")
    gone = quietly(alice, title="expired", expires_at=timezone.now() + timedelta(hours=1))
    actions.read(alice.pk, [read.pk])
    actions.snooze(alice.pk, [snoozed.pk], timezone.now() + timedelta(days=9))
    days(clock, 1)
    text = part(mail.letters[0], "plain")
    assert left.title in text
    assert f"http://chat.example.org/notifications/{left.pk}/open/" in text
    assert not [row.title for row in (read, snoozed, gone, line) if row.title in text]


def test_what_is_more_urgent_comes_first_and_of_very_many_the_number_is_told(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    wants(alice, "daily")
    for n in range(40):
        quietly(alice, title=f"note {n}")
    told(alice, priority=4, begin=False, title="important")
    days(clock, 1)
    assert mail.told() == ["41 unread: important"]
    assert "And 11 more" in part(mail.letters[0], "plain")
    assert "All 41 in your inbox" in part(mail.letters[0], "html")


def test_nothing_unread_is_no_letter(alice: User, mail: MailServer, clock: Clock) -> None:
    wants(alice, "daily")
    days(clock, 3)
    assert not mail.letters
    assert len(waiting("digest")) == 1


def test_who_wants_none_gets_none(alice: User, mail: MailServer, clock: Clock) -> None:
    wants(alice, "daily")
    quietly(alice)
    wants(alice, "off")
    assert not waiting("digest")
    days(clock, 2)
    assert not mail.letters


def test_another_time_holds_at_once(alice: User, clock: Clock) -> None:
    wants(alice, "daily", time(8))
    wants(alice, "daily", time(18))
    (job,) = waiting("digest")
    assert job.due_at == datetime(2026, 3, 4, 18, tzinfo=UTC)


def test_a_server_that_is_away_gets_it_later_as_the_same_letter(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    wants(alice, "daily")
    quietly(alice)
    mail.replies = ["451 Try again later"] * 2
    days(clock, 2)
    assert len(mail.letters) == 1
    assert len(waiting("digest")) == 1


def test_a_server_that_is_away_for_days_does_not_end_all_that_come_later(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    wants(alice, "daily")
    quietly(alice, title="one")
    mail.replies = ["451 Try again later"] * MAX_ATTEMPTS
    days(clock, 2)
    quietly(alice, title="two")
    days(clock, 1)
    assert mail.told() == ["2 unread: two"]
    assert len(waiting("digest")) == 1


def test_it_is_seen_of_each_notification_that_it_was_in_one(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    wants(alice, "daily")
    first, second = quietly(alice, title="one"), quietly(alice, title="two")
    days(clock, 1)
    rows = Delivery.objects.order_by("notification").values_list(
        "notification", "state", "attempts", "address"
    )
    assert list(rows) == [(pk, "delivered", 1, alice.email) for pk in (first.pk, second.pk)]
    told = [moment.what for moment in moments_of(first)]
    assert f"Digest by email to {alice.email}: delivered" in told


def test_it_is_seen_that_one_could_not_be_sent_and_what_was_read_meanwhile_was_not_in_it(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    wants(alice, "daily")
    read, left = quietly(alice), quietly(alice)
    mail.replies = ["451 Try again later"]
    clock.set("2026-03-05 08:00 +0000")
    run_due()
    assert {error[:16] for error in Delivery.objects.values_list("error", flat=True)} == {"SMTPDataError: ("}
    actions.read(alice.pk, [read.pk])
    clock.forward(hours=1)
    run_due()
    states = dict(Delivery.objects.values_list("notification", "state"))
    assert states == {read.pk: "skipped", left.pk: "delivered"}


def test_a_digest_is_no_mail_of_its_own_about_what_is_in_it(
    alice: User, mail: MailServer, clock: Clock
) -> None:
    wants(alice, "daily")
    clock.set("2026-03-05 07:59 +0000")
    told(alice, title="unseen")
    clock.set("2026-03-05 08:00 +0000")
    run_due(only="digest")
    for _ in range(20):
        clock.forward(minutes=1)
        run_due()
    assert mail.told() == ["Unread: unseen", "unseen"]


def test_one_click_ends_digests(alice: User, mail: MailServer, clock: Clock, stranger: Client) -> None:
    wants(alice, "daily")
    quietly(alice)
    days(clock, 1)
    stranger.post(way_out(mail.letters[0]))
    assert Settings.objects.get().digest == Digest.OFF
    assert not waiting("digest")


@pytest.mark.parametrize(
    ("digest", "zone", "after", "expected"),
    [
        ("daily", "UTC", "2026-03-04 07:59", "2026-03-04 08:00"),
        ("daily", "UTC", "2026-03-04 08:00", "2026-03-05 08:00"),
        ("daily", "Asia/Tokyo", "2026-03-04 12:00", "2026-03-04 23:00"),
        ("weekly", "UTC", "2026-03-04 12:00", "2026-03-09 08:00"),
        ("weekly", "UTC", "2026-03-09 07:00", "2026-03-09 08:00"),
        ("weekly", "Pacific/Auckland", "2026-03-04 12:00", "2026-03-08 19:00"),
        ("daily", "Europe/Vienna", "2026-03-28 12:00", "2026-03-29 06:00"),
    ],
)
def test_the_next_time_is_by_the_clocks_where_the_person_is(
    digest: str, zone: str, after: str, expected: str
) -> None:
    own = Settings(user=User(time_zone=zone), digest=digest, digest_at=time(8))
    found = next_time(own, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found.astimezone(UTC).strftime("%Y-%m-%d %H:%M") == expected
