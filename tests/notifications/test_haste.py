"""Who waits for whom: an alert and a mention do not wait for a notice to everybody."""

import pytest

from notifications import actions
from notifications.models import Audience
from project.accounts.models import User
from project.jobs import claims
from project.jobs.models import Job, Priority
from tests.notifications.told import notice, tell
from tests.support.identities import signed_in
from tests.support.jobs import run_due


@pytest.fixture(autouse=True)
def by_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "FAIR_SHARE", 0)


def test_what_is_told_to_many_comes_last_a_mention_before_it_and_an_alert_first(
    alice: User, bob: User
) -> None:
    User.objects.bulk_create(User(username=f"p{number}", password="!") for number in range(100))
    actions.broadcast(Audience.EVERYONE, notice())
    run_due(only="broadcast")
    mentioned = tell(bob)[bob.pk]
    alert = tell(alice, priority=5)[alice.pk]
    rows = Job.objects.filter(name="ladder")
    assert rows.filter(priority=Priority.LAST).count() == 102
    assert rows.get(key=f"ladder.{mentioned}").priority == Priority.NORMAL
    assert rows.get(key=f"ladder.{alert}").priority == Priority.FIRST


def test_an_urgent_notice_to_everybody_is_urgent_for_each(alice: User) -> None:
    User.objects.bulk_create(User(username=f"p{number}", password="!") for number in range(60))
    actions.broadcast(Audience.EVERYONE, notice(priority=5))
    run_due(only="broadcast")
    assert set(Job.objects.values_list("priority", flat=True)) == {Priority.FIRST}


@pytest.mark.parametrize(("priority", "expected"), [(5, Priority.FIRST), (3, Priority.LAST)])
def test_what_is_sent_comes_when_its_ladder_came(alice: User, priority: int, expected: Priority) -> None:
    actions.add_device(alice, signed_in(alice), endpoint="https://push.example.org/1", p256dh="", auth="")
    tell(alice, priority=priority)
    Job.objects.filter(name="ladder").update(priority=expected, due_at="2020-01-01T00:00Z")
    claims.run(claims.claim(1)[0])
    assert {job.priority for job in Job.objects.all()} == {expected}
