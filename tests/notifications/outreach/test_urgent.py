"""What is urgent: repeated until somebody acknowledges it, and handed down the list of its topic."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Mute, Notification, Occurrence, Settings, Subscription, Topic
from project.accounts.models import User
from tests.notifications.outreach.conftest import Clock, climb, deliveries, device_of, ladder, told
from tests.support.jobs import waiting


@pytest.fixture(autouse=True)
def phones(alice: User, bob: User, charlie: User) -> None:
    for user in (alice, bob, charlie):
        device_of(user, f"https://push.example.org/{user.pk}")


def pushes(user: User) -> list[float]:
    return [minute for channel, minute in deliveries(user) if channel == "push"]


def acknowledge(row: Notification) -> None:
    Notification.objects.filter(pk=row.pk).update(acknowledged_at=timezone.now(), read_at=timezone.now())


def test_it_is_pushed_at_once_mailed_after_two_minutes_and_repeated_every_five(
    alice: User, clock: Clock
) -> None:
    told(alice, priority=5)
    climb(clock, minutes=21)
    assert pushes(alice) == [0, 5, 10, 15, 20]
    assert [minute for channel, minute in deliveries(alice) if channel == "email"] == [2]


def test_reading_it_is_not_enough_but_acknowledging_is(alice: User, clock: Clock) -> None:
    row = told(alice, priority=5)
    Settings.objects.create(user=alice, seen_seq=row.seq)
    Notification.objects.filter(pk=row.pk).update(read_at=timezone.now())
    climb(clock, minutes=11)
    assert pushes(alice) == [0, 5, 10]
    acknowledge(row)
    climb(clock, minutes=30)
    assert len(pushes(alice)) == 3
    assert not waiting("ladder")


def test_repeats_that_were_missed_are_not_made_up_for(alice: User, clock: Clock) -> None:
    told(alice, priority=5)
    climb(clock, minutes=6)
    clock.forward(minutes=60)
    climb(clock, minutes=9)
    assert pushes(alice) == [0, 5, 66, 70, 75]


def test_it_is_given_up_after_a_day(alice: User, clock: Clock) -> None:
    told(alice, priority=5)
    climb(clock, hours=25)
    assert max(pushes(alice)) == 24 * 60
    assert not waiting("ladder")


@pytest.fixture
def on_call(clock: Clock, ops: Topic, alice: User, bob: User, charlie: User) -> None:
    """Bob first, then alice; charlie only follows."""
    for user, turn in ((alice, 2), (bob, 1), (charlie, None)):
        Subscription.objects.create(topic=ops, user=user, turn=turn)


def told_all(*users: User) -> list[Notification]:
    return [told(user, priority=5, source="topic.ops", key="incident") for user in users]


@pytest.mark.usefixtures("on_call")
def test_the_first_on_the_list_is_called_alone_and_the_next_after_ten_minutes(
    alice: User, bob: User, charlie: User, clock: Clock
) -> None:
    told_all(alice, bob, charlie)
    climb(clock, minutes=16)
    assert pushes(bob) == [0, 5, 10, 15]
    assert pushes(alice) == [10, 15]


@pytest.mark.usefixtures("on_call")
def test_who_is_not_on_the_list_is_told_as_of_anything_high(charlie: User, alice: User, clock: Clock) -> None:
    told_all(charlie, alice)
    climb(clock, minutes=30)
    assert deliveries(charlie) == [("push", 0.5), ("email", 10)]


@pytest.mark.usefixtures("on_call")
def test_nobody_else_is_called_once_somebody_has_it(
    alice: User, bob: User, charlie: User, clock: Clock
) -> None:
    _, bobs, _ = told_all(alice, bob, charlie)
    climb(clock, minutes=6)
    acknowledge(bobs)
    climb(clock, minutes=30)
    assert pushes(bob) == [0, 5]
    assert deliveries(alice) == []


@pytest.mark.usefixtures("on_call")
def test_anybody_may_take_it(alice: User, bob: User, charlie: User, clock: Clock) -> None:
    *_, charlies = told_all(alice, bob, charlie)
    climb(clock, minutes=1)
    acknowledge(charlies)
    climb(clock, minutes=30)
    assert pushes(bob) == [0]


def come_later(user: User) -> None:
    Subscription.objects.filter(user=user).update(created_at=timezone.now() + timedelta(seconds=1))


def be_named_by_the_rule_too(user: User) -> None:
    told(user, priority=5, source="rule.1", key="incident", begin=False)


@pytest.mark.usefixtures("on_call")
@pytest.mark.parametrize(
    "how",
    [
        lambda bob: User.objects.filter(pk=bob.pk).update(is_active=False),
        lambda bob: User.objects.filter(pk=bob.pk).update(is_bot=True),
        lambda bob: Mute.objects.create(user=bob, source="topic.ops"),
        come_later,
        be_named_by_the_rule_too,
    ],
)
def test_who_cannot_be_called_makes_room_for_the_next(
    alice: User, bob: User, clock: Clock, how: Callable[[User], object]
) -> None:
    how(bob)
    told_all(alice)
    climb(clock, minutes=1)
    assert pushes(alice) == [0]
    assert pushes(bob) == []


@pytest.mark.usefixtures("on_call")
def test_who_has_muted_it_since_is_not_called(alice: User, bob: User, clock: Clock) -> None:
    told_all(alice, bob)
    Mute.objects.create(user=bob, source="topic.ops")
    climb(clock, minutes=1)
    assert pushes(bob) == []


def test_without_a_list_everybody_is_called(alice: User, bob: User, ops: Topic, clock: Clock) -> None:
    told_all(alice, bob)
    climb(clock, minutes=6)
    assert pushes(alice) == pushes(bob) == [0, 5]


def again(row: Notification, key: str) -> None:
    """It happens once more, into the same notification."""
    Occurrence.objects.create(recipient=row.recipient, notification=row, dedupe_key=key, title=row.title)
    ladder(row)


@pytest.mark.usefixtures("on_call")
def test_what_happens_again_is_called_for_again_though_somebody_had_the_first(
    alice: User, bob: User, clock: Clock
) -> None:
    alices, bobs = told_all(alice, bob)
    climb(clock, minutes=1)
    acknowledge(bobs)
    climb(clock, minutes=30)
    assert deliveries(alice) == []
    told(bob, priority=5, source="topic.ops", key="second")
    again(alices, "second")
    climb(clock, minutes=16)
    assert pushes(alice) == [41, 46]


@pytest.mark.usefixtures("on_call")
def test_what_grows_all_the_time_is_handed_down_all_the_same(alice: User, bob: User, clock: Clock) -> None:
    alices, bobs = told_all(alice, bob)
    for minute in range(12):
        climb(clock, minutes=1)
        for row in (alices, bobs):
            again(row, f"more {minute}")
    assert min(pushes(alice)) == 10
