"""What comes first: by priority, then by the time it is due, and nothing waits for ever."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from project.jobs import claims, queue
from project.jobs.models import Job, Priority
from tests.jobs.conftest import Register
from tests.support.jobs import run_due, waiting

pytestmark = pytest.mark.django_db

FLOOD = 10_000


@pytest.fixture(autouse=True)
def by_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """No look is one of those that go by the time alone."""
    monkeypatch.setattr(claims, "FAIR_SHARE", 0)


def put(n: int, priority: int, *, ago: float = 0) -> None:
    queue.put("note", {"n": n}, priority=priority, due=timezone.now() - timedelta(seconds=ago))


def flood() -> None:
    due = timezone.now() - timedelta(hours=1)
    queue.put_many("note", [({"n": n}, f"k{n}", due) for n in range(FLOOD)], Priority.LAST)


def test_what_is_urgent_does_not_wait_behind_what_was_told_to_everybody(noted: list[dict]) -> None:
    flood()
    put(-2, Priority.NORMAL)
    put(-1, Priority.FIRST)
    taken = [claims.claim(1)[0].args["n"] for _ in range(3)]
    assert taken[:2] == [-1, -2]
    assert taken[2] >= 0


def test_within_a_priority_what_is_due_longest_comes_first(
    noted: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "LOOK_AT_LEAST", 1)
    for n, ago in ((1, 10), (2, 30), (3, 20)):
        put(n, Priority.NORMAL, ago=ago)
    run_due()
    assert noted == [{"n": 2}, {"n": 3}, {"n": 1}]


def test_what_is_not_due_yet_comes_before_nothing(noted: list[dict]) -> None:
    put(1, Priority.FIRST, ago=-60)
    put(2, Priority.LAST)
    run_due()
    assert noted == [{"n": 2}]


def test_under_a_flood_of_what_comes_first_the_rest_goes_on(
    noted: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(-1, Priority.LAST, ago=60)
    queue.put_many("note", [({"n": n}, None, None) for n in range(100)], Priority.FIRST)
    monkeypatch.setattr(claims, "FAIR_SHARE", 1)
    monkeypatch.setattr(claims, "LOOK_AT_LEAST", 1)
    assert [running.args["n"] for running in claims.claim(1)] == [-1]


def test_a_job_keeps_its_priority_through_failure_and_death(register: Register) -> None:
    def fail(running: object) -> None:
        raise ValueError

    register("fail", fail, max_attempts=2)
    queue.put("fail", {}, priority=Priority.FIRST)
    for _ in range(2):
        run_due(2)
        assert Job.objects.get().priority == Priority.FIRST
        Job.objects.update(due_at=timezone.now())
    queue.try_again([Job.objects.get().pk])
    assert [job.priority for job in waiting()] == [Priority.FIRST]


def test_of_two_with_one_key_the_one_that_stays_brings_its_priority() -> None:
    now = timezone.now()
    queue.put("note", {}, key="k", due=now + timedelta(seconds=30))
    queue.put("note", {}, key="k", due=now, priority=Priority.FIRST)
    queue.put("note", {}, key="k", due=now + timedelta(seconds=9), priority=Priority.LAST)
    (job,) = waiting()
    assert (job.priority, job.due_at) == (Priority.FIRST, now)


def test_what_waits_already_becomes_as_urgent_as_what_is_put_later() -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    queue.put("note", {"n": 1}, key="k", due=long_ago, priority=Priority.LAST)
    queue.put("note", {"n": 2}, key="k", priority=Priority.FIRST)
    (job,) = waiting()
    assert (job.priority, job.due_at, job.args) == (Priority.FIRST, long_ago, {"n": 1})


def test_looking_reads_only_what_is_due(noted: list[dict]) -> None:
    """Thousands that wait for later must not be gone through each second."""
    later = timezone.now() + timedelta(hours=1)
    queue.put_many("note", [({}, f"k{n}", later) for n in range(100)], Priority.FIRST)
    due = Job.objects.filter(state="waiting", priority=Priority.FIRST, due_at__lte=timezone.now())
    if connection.vendor == "postgresql":
        with connection.cursor() as sql:
            sql.execute("SET LOCAL enable_seqscan = off")
    assert "job_waiting" in due.order_by("due_at").explain()
