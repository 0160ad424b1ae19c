"""Old notifications are forgotten, what still waits for its person much later, and what is younger never."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from notifications import retention
from notifications.models import Broadcast, Delivery, Notification, Occurrence
from project.accounts.models import User

from .told import tell


def age(user: User, days: float, **more: object) -> None:
    then = timezone.now() - timedelta(days=days)
    Notification.objects.filter(recipient=user).update(updated_at=then, **more)


@pytest.mark.parametrize("settled", ["read_at", "withdrawn_at"])
def test_what_was_settled_is_forgotten_after_a_quarter(alice: User, settled: str) -> None:
    tell(alice)
    age(alice, retention.SETTLED_DAYS - 1, **{settled: timezone.now()})
    assert retention.prune() == 0
    age(alice, retention.SETTLED_DAYS + 1)
    assert retention.prune() == 1
    assert not Occurrence.objects.exists()


def test_what_waits_for_its_person_is_kept_for_a_year(alice: User) -> None:
    tell(alice)
    age(alice, retention.UNREAD_DAYS - 1)
    assert retention.prune() == 0
    age(alice, retention.UNREAD_DAYS + 1)
    assert retention.prune() == 1


def test_how_it_was_delivered_goes_with_it_in_batches(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    for pk in tell(alice, bob, charlie).values():
        Delivery.objects.create(notification_id=pk, channel="email", address="a@example.com")
    for user in (alice, bob, charlie):
        age(user, retention.UNREAD_DAYS + 1)
    assert retention.prune() == 3
    assert not Delivery.objects.exists()


def test_the_site_forgets_them_by_itself_with_finished_broadcasts(
    alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = timezone.now() - timedelta(days=retention.SETTLED_DAYS + 1)
    Broadcast.objects.create(audience="everyone", notice={"title": "Done"}, finished_at=long_ago)
    Broadcast.objects.create(audience="everyone", notice={"title": "Under way"}, created_at=long_ago)
    call_command("prune")
    assert capsys.readouterr().out == "1 rows removed.\n"
    assert Broadcast.objects.get().notice == {"title": "Under way"}
