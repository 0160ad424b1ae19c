"""What was seen stays seen through every correction, until there is something new."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import actions
from notifications.actions import reading
from notifications.models import Notification
from notifications.outreach import attention
from notifications.outreach.turns import Duty
from project.accounts.models import User
from tests.notifications.told import kept, only, tell


@pytest.fixture
def seen(alice: User) -> Notification:
    """What alice has seen and not read."""
    tell(alice, dedupe_key="a", collapse_key="c", many="{count} things")
    actions.seen(alice.pk, only(alice).seq)
    return only(alice)


def is_unseen(user: User) -> bool:
    return not attention.is_over(only(user), attention.settings_of(user.pk), Duty())


def test_a_correction_is_no_news(seen: Notification, alice: User) -> None:
    actions.amend("a", [alice.pk], "corrected")
    row = only(alice)
    assert row.seq > row.news_seq == seen.seq
    assert not is_unseen(alice)


def test_what_somebody_does_to_it_is_no_news(seen: Notification, alice: User) -> None:
    actions.read(alice.pk, [seen.pk])
    actions.unread(alice.pk, [seen.pk])
    actions.snooze(alice.pk, [seen.pk], timezone.now() + timedelta(hours=1))
    actions.snooze(alice.pk, [seen.pk], None)
    assert not is_unseen(alice)


def test_more_of_the_same_is_news_until_it_is_taken_back(seen: Notification, alice: User) -> None:
    tell(alice, dedupe_key="b", collapse_key="c", many="{count} things")
    assert is_unseen(alice)
    actions.withdraw("b")
    assert not is_unseen(alice)


def test_what_comes_back_after_a_snooze_is_news_also_when_some_of_it_is_taken_back(
    seen: Notification, alice: User
) -> None:
    tell(alice, dedupe_key="b", collapse_key="c")
    actions.seen(alice.pk, only(alice).seq)
    actions.snooze(alice.pk, [seen.pk], timezone.now() + timedelta(hours=1))
    Notification.objects.update(snoozed_until=timezone.now())
    reading.wake(seen.pk)
    assert is_unseen(alice)
    actions.withdraw("b")
    assert is_unseen(alice)


def test_an_event_says_whether_it_is_news(alice: User) -> None:
    tell(alice, dedupe_key="a")
    actions.amend("a", [alice.pk], "corrected")
    told, corrected = kept(alice)
    assert told["data"]["news_seq"] == told["seq"]
    assert corrected["data"]["news_seq"] == told["seq"] < corrected["seq"]
