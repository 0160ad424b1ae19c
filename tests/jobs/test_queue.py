"""Putting and taking back: part of the caller's transaction, and each key once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from project.jobs import queue, wake
from project.jobs.models import Job, State
from tests.support.jobs import run_due, waiting

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=1)


def test_a_job_is_run_with_its_arguments_and_gone(noted: list[dict]) -> None:
    queue.put("note", {"text": "naïve ☃", "list": [1, None, True]})
    assert run_due() == 1
    assert noted == [{"text": "naïve ☃", "list": [1, None, True]}]
    assert not Job.objects.exists()


def test_a_job_that_is_not_due_waits(noted: list[dict]) -> None:
    queue.put("note", {}, due=timezone.now() + SOON)
    assert run_due() == 0
    assert len(waiting()) == 1


def test_what_is_due_first_is_run_first(noted: list[dict]) -> None:
    now = timezone.now()
    for n in (3, 1, 2):
        queue.put("note", {"n": n}, due=now - timedelta(minutes=10 - n))
    assert [job.args["n"] for job in waiting()] == [1, 2, 3]


def test_a_rollback_takes_the_job_back(noted: list[dict]) -> None:
    with transaction.atomic():
        queue.put("note", {})
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_key_waits_once() -> None:
    due = timezone.now()
    queue.put("note", {"n": 1}, key="the key", due=due)
    queue.put("note", {"n": 2}, key="the key", due=due)
    assert [job.args for job in waiting()] == [{"n": 1}]


@pytest.mark.parametrize("later_first", [True, False])
def test_of_two_with_one_key_the_one_that_is_due_first_stays(later_first: bool) -> None:
    now = timezone.now()
    both = [({"n": 1}, now + SOON), ({"n": 2}, now + 2 * SOON)]
    for args, due in reversed(both) if later_first else both:
        queue.put("note", args, key="the key", due=due)
    (job,) = waiting()
    assert (job.args, job.due_at) == ({"n": 1}, now + SOON)


def test_a_key_twice_in_one_call_is_put_once() -> None:
    now = timezone.now()
    queue.put_many("note", [({"n": 1}, "k", now + SOON), ({"n": 2}, "k", now), ({"n": 3}, "k", now + SOON)])
    assert [job.args for job in waiting()] == [{"n": 2}]


def test_jobs_without_a_key_never_meet() -> None:
    queue.put_many("note", [({"n": 1}, None, None)] * 3)
    assert len(waiting()) == 3


def test_a_running_job_does_not_keep_its_key_from_waiting() -> None:
    queue.put("note", {"n": 1}, key="the key")
    Job.objects.update(state=State.RUNNING)
    queue.put("note", {"n": 2}, key="the key")
    assert [job.args for job in waiting()] == [{"n": 2}]


def test_many_are_put_in_one_statement_a_thousand() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queue.put_many("note", [({"n": n}, f"key {n}", None) for n in range(2500)])
    assert len(asked) == 3
    assert Job.objects.count() == 2500


def test_putting_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        queue.put_many("note", [])
    assert not asked


def test_a_moment_with_another_offset_is_the_same_moment() -> None:
    due = datetime(2026, 6, 1, 12, tzinfo=UTC)
    queue.put("note", {}, due=due.astimezone(timezone.get_fixed_timezone(120)))
    assert waiting()[0].due_at == due


def test_dropping_takes_back_what_waits_and_leaves_what_runs() -> None:
    queue.put_many("note", [({}, key, None) for key in ("a", "b", "c")])
    Job.objects.filter(key="b").update(state=State.RUNNING)
    queue.drop(["a", "b", "unknown"])
    assert set(Job.objects.values_list("key", flat=True)) == {"b", "c"}


@pytest.mark.parametrize(("due_in", "woken"), [(timedelta(0), True), (SOON, False)])
def test_a_worker_of_this_process_is_woken_by_what_is_due(
    due_in: timedelta, woken: bool, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(wake, "now", lambda: calls.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        queue.put("note", {}, due=timezone.now() + due_in)
        assert not calls
    assert bool(calls) is woken
