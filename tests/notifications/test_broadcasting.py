"""Telling many: in batches, each person once, whatever crashes in between."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from pytest_django import Settings

from notifications import actions, jobs, queries
from notifications.actions import broadcasting
from notifications.models import Audience, Broadcast, Notification
from project.accounts.models import User
from project.jobs.models import Job, State
from project.jobs.running import LostClaim, Running
from tests.notifications.told import kept, notice, only


class Crash(Exception):
    """A worker dies here."""


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcasting, "BATCH", 2)


@pytest.fixture
def crowd(db: None) -> list[User]:
    return User.objects.bulk_create(User(username=f"p{number}", password="!") for number in range(9))


def claimed(name: str = "broadcast") -> Running:
    """The waiting job of this name, in a worker's hands."""
    job = Job.objects.get(name=name, state=State.WAITING)
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, claim="mine")
    return Running(job.pk, job.name, job.args, attempt=1, is_last=False, claim="mine")


def events_of(people: list[User]) -> list[int]:
    return [len([event for event in kept(user) if "notification" in event["type"]]) for user in people]


def test_everybody_is_told_once_and_the_job_is_gone(crowd: list[User], gone: User, robot: User) -> None:
    row = actions.broadcast(Audience.EVERYONE, notice())
    jobs.broadcast(claimed())
    row.refresh_from_db()
    assert events_of(crowd) == [1] * 9
    assert (row.reached, row.finished_at is not None) == (9, True)
    assert not Job.objects.filter(name="broadcast").exists()
    assert not Notification.objects.filter(recipient__in=[gone, robot]).exists()


def test_an_audience_is_a_topic_a_group_or_people(crowd: list[User], alice: User, bob: User) -> None:
    actions.make_topic("ops")
    actions.follow(alice, "ops")
    bob.groups.add(Group.objects.create(name="admins"))
    actions.broadcast(Audience.TOPIC, notice("T"), key="ops")
    jobs.broadcast(claimed())
    actions.broadcast(Audience.GROUP, notice("G"), key="admins")
    jobs.broadcast(claimed())
    actions.broadcast(Audience.PEOPLE, notice("P"), people=[crowd[0].pk])
    jobs.broadcast(claimed())
    assert (only(alice).title, only(bob).title, only(crowd[0]).title) == ("T", "G", "P")
    assert Notification.objects.count() == 3


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_a_crash_within_any_batch_resumes_after_the_last_one_that_was_committed(
    batch: int, crowd: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.broadcast(Audience.EVERYONE, notice())
    running = claimed()
    notify, calls = broadcasting.notify, []

    def crashing(*args: object) -> object:
        calls.append(args)
        reached = notify(*args)  # type: ignore[arg-type]
        if len(calls) == batch + 1:
            raise Crash
        return reached

    monkeypatch.setattr(broadcasting, "notify", crashing)
    with pytest.raises(Crash):
        jobs.broadcast(running)
    assert Notification.objects.count() == batch * 2
    jobs.broadcast(running)
    assert events_of(crowd) == [1] * 9


def test_a_worker_that_lost_the_job_neither_tells_anybody_twice_nor_ends_it(crowd: list[User]) -> None:
    actions.broadcast(Audience.EVERYONE, notice())
    running = claimed()
    Job.objects.filter(pk=running.id).update(claim="somebody else's")
    with pytest.raises(LostClaim):
        jobs.broadcast(running)
    assert Job.objects.filter(pk=running.id).exists()
    running.claim = "somebody else's"
    Broadcast.objects.update(finished_at=None, done_up_to=0)
    jobs.broadcast(running)
    assert events_of(crowd) == [1] * 9


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_broadcast_tell_everybody_once(settings: Settings) -> None:
    crowd = User.objects.bulk_create(User(username=f"p{number}", password="!") for number in range(40))
    row = actions.broadcast(Audience.EVERYONE, notice())
    failures: list[BaseException] = []

    def work() -> None:
        try:
            more = True
            while more:
                with transaction.atomic():
                    more = broadcasting.next_batch(row.pk)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert events_of(crowd) == [1] * 40


def test_what_is_taken_back_goes_from_more_people_than_one_transaction_takes(
    crowd: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions.withdrawing, "AT_ONCE", 4)
    actions.broadcast(Audience.EVERYONE, notice(dedupe_key="k"))
    jobs.broadcast(claimed())
    assert actions.withdraw("k") == 9
    assert sum(queries.unread_counts(user.pk for user in crowd).values()) == 5
    while Job.objects.filter(name="withdraw").exists():
        jobs.withdraw(claimed("withdraw"))
    assert set(queries.unread_counts(user.pk for user in crowd).values()) == {0}
    assert events_of(crowd) == [2] * 9


def test_what_is_told_again_under_a_key_that_is_still_being_taken_back_is_new_for_everybody_and_stays(
    crowd: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions.withdrawing, "AT_ONCE", 4)
    people = [user.pk for user in crowd]
    with transaction.atomic():
        actions.notify(notice("old", dedupe_key="k"), people)
    actions.withdraw("k")
    with transaction.atomic():
        actions.notify(notice("new", dedupe_key="k"), people)
    while Job.objects.filter(name="withdraw").exists():
        jobs.withdraw(claimed("withdraw"))
    assert set(queries.unread_counts(people).values()) == {1}
    left = Notification.objects.filter(withdrawn_at=None)
    assert list(left.values_list("title", flat=True)) == ["new"] * 9
    assert actions.withdraw("k") == 9
