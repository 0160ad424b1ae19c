"""What is taken back is gone, with all it said and led to; what is left is shown as it was."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notifications import actions
from notifications.actions import ActionButton
from notifications.models import Audience, Broadcast, Notification
from project.accounts.models import User
from project.jobs.models import Job
from tests.notifications.told import kept, notice, only, tell
from tests.support.jobs import run_due


def test_no_copy_of_it_is_left(alice: User) -> None:
    tell(
        alice,
        title="the secret is 42",
        many="{count} secrets",
        link="https://secret.example",
        actions=(ActionButton("secret", "https://secret.example"),),
        dedupe_key="k",
    )
    actions.withdraw("k")
    row = only(alice)
    assert "secret" not in str([row.title, row.many, row.body, row.link, row.actions])
    assert "secret" not in str(kept(alice))


def test_a_broadcast_forgets_what_it_said(alice: User, bob: User) -> None:
    row = actions.broadcast(
        Audience.EVERYONE, notice("the secret is 42", body="secret", dedupe_key="k"), sender=bob
    )
    run_due(only="broadcast")
    actions.withdraw("k")
    row.refresh_from_db()
    assert row.finished_at is not None
    assert "secret" not in str(row.notice)
    assert Broadcast.objects.count() == 1


def test_what_is_left_has_its_own_buttons(alice: User) -> None:
    for key in "ab":
        tell(
            alice,
            title=key,
            dedupe_key=key,
            collapse_key="c",
            actions=(ActionButton(f"Restart {key}", f"https://{key}.example"),),
        )
    actions.withdraw("b")
    row = only(alice)
    assert (row.title, [button["label"] for button in row.actions]) == ("a", ["Restart a"])
    assert "b.example" not in str(kept(alice))


def test_each_has_its_end_though_others_end_with_it(alice: User, bob: User) -> None:
    at = timezone.now() + timedelta(hours=1)
    tell(alice, collapse_key="c", expires_at=at)
    tell(alice, bob, collapse_key="c", expires_at=at)
    Notification.objects.update(expires_at=timezone.now())
    Job.objects.filter(name="expire").update(due_at=timezone.now())
    run_due(only="expire")
    assert only(alice).withdrawn_at
    assert only(bob).withdrawn_at


def test_any_number_can_be_taken_back_at_once(alice: User, bob: User) -> None:
    with transaction.atomic():
        actions.notify_all([(notice(str(number)), [alice.pk, bob.pk]) for number in range(600)])
    ids = list(Notification.objects.values_list("pk", flat=True))
    assert actions.withdraw_notifications(ids) == 1200
    assert not Notification.objects.filter(withdrawn_at=None).exists()


def test_news_ends_a_snooze(alice: User) -> None:
    tell(alice, collapse_key="c", priority=3)
    actions.snooze(alice.pk, [only(alice).pk], timezone.now() + timedelta(days=7))
    tell(alice, collapse_key="c", priority=5)
    row = only(alice)
    assert (row.snoozed_until, row.count, row.priority) == (None, 2, 5)
    assert kept(alice)[-1]["data"]["unread"] == 1
