"""Everything read at once, and taken back: whatever a page has loaded of it."""

from datetime import timedelta

from django.utils import timezone

from notifications import actions, queries
from notifications.models import Notification
from project.accounts.models import User
from tests.notifications.told import kept, only, tell


def many(user: User, count: int) -> list[int]:
    return [tell(user, title=f"note {n}")[user.pk] for n in range(count)]


def test_what_was_read_at_once_waits_again_with_one_event(alice: User) -> None:
    ids = many(alice, 70)
    read = actions.read_all(alice.pk)
    assert (read.unread, queries.unread(alice.pk)) == (0, 0)
    assert read.read_at
    before = len(kept(alice))
    assert actions.unread_all(alice.pk, read.read_at) == len(ids)
    assert [event["type"] for event in kept(alice)[before:]] == ["notification.restored"]


def test_only_what_that_deed_has_read_comes_back(alice: User, bob: User) -> None:
    before, asleep, later, taken, gone = many(alice, 5)
    tell(bob)
    actions.read(alice.pk, [before])
    actions.snooze(alice.pk, [asleep], timezone.now() + timedelta(hours=1))
    Notification.objects.filter(pk=before).update(read_at=timezone.now() - timedelta(minutes=1))
    read = actions.read_all(alice.pk)
    assert read.read_at
    actions.read_all(bob.pk)
    actions.acknowledge(alice.pk, [taken])
    actions.withdraw_notifications([gone])
    assert actions.unread_all(alice.pk, read.read_at) == 1
    assert list(queries.inbox(alice.pk).filter(queries.WAITING).values_list("pk", flat=True)) == [later]
    assert queries.unread(bob.pk) == 0


def test_what_came_meanwhile_under_the_same_key_stays_by_itself(alice: User) -> None:
    tell(alice, collapse_key="c")
    read = actions.read_all(alice.pk)
    assert read.read_at
    tell(alice, collapse_key="c")
    assert actions.unread_all(alice.pk, read.read_at) == 2
    tell(alice, collapse_key="c")
    assert sorted(Notification.objects.values_list("count", flat=True)) == [1, 2]


def test_taking_it_back_twice_changes_nothing(alice: User) -> None:
    tell(alice)
    read = actions.read_all(alice.pk)
    assert read.read_at
    actions.unread_all(alice.pk, read.read_at)
    count = len(kept(alice))
    actions.unread_all(alice.pk, read.read_at)
    assert len(kept(alice)) == count
    assert only(alice).read_at is None
