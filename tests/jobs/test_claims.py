"""Taking jobs and ending them: one worker at a time, retries with pauses, and no effect of a lost claim."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from time_machine import TimeMachineFixture

from project.accounts.models import User
from project.jobs import claims, queue
from project.jobs.models import Job, State
from project.jobs.running import Later, LostClaim, Running
from tests.jobs.conftest import Register
from tests.support.jobs import run_due, waiting

pytestmark = pytest.mark.django_db


def fail(running: Running) -> None:
    raise ValueError("the disk is full")


def make_somebody(running: Running) -> None:
    with transaction.atomic():
        User.objects.create(username=f"user{User.objects.count()}")
        running.finish()


def taken() -> Running:
    (running,) = claims.claim(1)
    return running


def after_the_lease(clock: TimeMachineFixture) -> None:
    clock.move_to(timezone.now() + claims.lease() + timedelta(seconds=1), tick=False)


def test_a_job_that_is_taken_is_taken_by_nobody_else(noted: list[dict]) -> None:
    queue.put("note", {})
    assert len(claims.claim(5)) == 1
    assert claims.claim(5) == []


def test_a_worker_that_looked_before_another_took_it_gets_nothing(noted: list[dict]) -> None:
    queue.put("note", {})
    row = Job.objects.get()
    assert claims._take(row, timezone.now())
    assert not claims._take(row, timezone.now())


def test_a_job_that_was_put_again_earlier_is_not_run_with_old_arguments(noted: list[dict]) -> None:
    queue.put("note", {"n": 1}, key="k")
    seen = Job.objects.get()
    queue.put("note", {"n": 2}, key="k", due=timezone.now() - timedelta(minutes=1))
    assert not claims._take(seen, timezone.now())
    run_due()
    assert noted == [{"n": 2}]


def test_only_as_many_as_asked_for_are_taken(noted: list[dict]) -> None:
    queue.put_many("note", [({}, None, None)] * 50)
    assert len(claims.claim(3)) == 3


def test_a_job_without_a_handler_here_is_left_to_a_newer_process(noted: list[dict]) -> None:
    queue.put("from the future", {})
    assert run_due() == 0
    assert len(waiting()) == 1


def test_a_dead_workers_job_is_taken_over_once_its_lease_is_out(
    noted: list[dict], time_machine: TimeMachineFixture
) -> None:
    queue.put("note", {})
    first = taken()
    after_the_lease(time_machine)
    second = taken()
    assert (second.id, second.attempt) == (first.id, 2)


def test_a_renewed_claim_is_kept(noted: list[dict], time_machine: TimeMachineFixture) -> None:
    queue.put("note", {})
    running = taken()
    time_machine.move_to(timezone.now() + claims.lease() * 0.9, tick=False)
    claims.renew([running])
    time_machine.move_to(timezone.now() + claims.lease() * 0.9, tick=False)
    assert claims.claim(1) == []


def test_a_handlers_effect_and_the_jobs_end_are_one_commit(register: Register) -> None:
    register("make", make_somebody)
    queue.put("make", {})
    run_due()
    assert User.objects.count() == 1
    assert not Job.objects.exists()


def test_a_worker_that_lost_its_claim_has_no_effect(
    register: Register, time_machine: TimeMachineFixture
) -> None:
    register("make", make_somebody)
    queue.put("make", {})
    slow = taken()
    after_the_lease(time_machine)
    claims.run(taken())
    claims.run(slow)
    assert User.objects.count() == 1


def test_finishing_twice_is_refused(noted: list[dict]) -> None:
    queue.put("note", {})
    running = taken()
    with transaction.atomic():
        running.finish()
    with pytest.raises(LostClaim), transaction.atomic():
        running.finish()


def test_a_failure_waits_and_is_tried_again(register: Register, time_machine: TimeMachineFixture) -> None:
    register("fail", fail)
    queue.put("fail", {})
    run_due(2)
    (job,) = waiting()
    assert job.attempts == 1
    assert "the disk is full" in job.error
    assert job.due_at > timezone.now()
    time_machine.move_to(job.due_at, tick=False)
    assert taken().attempt == 2


def test_after_the_last_attempt_it_has_failed_for_good_and_says_why(
    register: Register, time_machine: TimeMachineFixture
) -> None:
    register("fail", fail, max_attempts=3)
    queue.put("fail", {})
    for _ in range(3):
        time_machine.move_to(timezone.now() + timedelta(hours=1), tick=False)
        run_due(2)
    job = Job.objects.get()
    assert (job.state, job.attempts) == (State.FAILED, 3)
    assert job.error.endswith("ValueError: the disk is full\n")
    assert job.failed_at is not None


def test_the_handler_is_told_which_attempt_is_the_last(
    register: Register, time_machine: TimeMachineFixture
) -> None:
    told: list[bool] = []

    def fail_and_tell(running: Running) -> None:
        told.append(running.is_last)
        raise ValueError

    register("fail", fail_and_tell, max_attempts=2)
    queue.put("fail", {})
    for _ in range(2):
        time_machine.move_to(timezone.now() + timedelta(hours=1), tick=False)
        run_due(2)
    assert told == [False, True]


def test_a_job_that_takes_its_worker_with_it_every_time_ends_as_failed(
    register: Register, time_machine: TimeMachineFixture
) -> None:
    register("deadly", fail, max_attempts=2)
    queue.put("deadly", {})
    for _ in range(2):
        taken()
        after_the_lease(time_machine)
    assert claims.claim(1) == []
    job = Job.objects.get()
    assert (job.state, job.error) == (State.FAILED, claims.WORKER_DIED)


def test_the_pauses_double_up_to_an_hour_and_vary(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[tuple[float, float]] = []
    monkeypatch.setattr("random.uniform", lambda low, high: bounds.append((low, high)) or 0.0)
    for attempt in (1, 2, 3, 20):
        claims.pause(attempt)
    assert bounds == [(0, 5), (0, 10), (0, 20), (0, 3600)]


def put_off(seconds: float) -> Callable[[Running], None]:
    def work(running: Running) -> None:
        raise Later(seconds)

    return work


def test_later_is_no_failure(register: Register, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-01-01 12:00 +0000", tick=False)
    register("wait", put_off(300))
    queue.put("wait", {})
    run_due(2)
    (job,) = waiting()
    assert (job.attempts, job.error) == (0, "")
    assert job.due_at == timezone.now() + timedelta(seconds=300)


def test_later_for_more_than_a_day_is_one(register: Register, time_machine: TimeMachineFixture) -> None:
    register("wait", put_off(300))
    queue.put("wait", {})
    time_machine.move_to(timezone.now() + timedelta(hours=25), tick=False)
    run_due(2)
    assert waiting()[0].attempts == 1


def test_a_failure_whose_key_was_put_again_gives_way(register: Register) -> None:
    def fail_but_put(running: Running) -> None:
        queue.put("fail", {"n": 2}, key="k", due=timezone.now() + timedelta(minutes=1))
        raise ValueError

    register("fail", fail_but_put)
    queue.put("fail", {"n": 1}, key="k")
    run_due()
    assert [job.args for job in Job.objects.all()] == [{"n": 2}]


def test_a_handler_that_puts_its_own_key_again_does_so_once(register: Register) -> None:
    def climb(running: Running) -> None:
        with transaction.atomic():
            running.finish()
            if running.args["rung"] < 3:
                queue.put("climb", {"rung": running.args["rung"] + 1}, key="ladder")

    register("climb", climb)
    queue.put("climb", {"rung": 0}, key="ladder")
    assert run_due() == 4


def test_an_error_after_a_rolled_back_finish_is_a_failure_like_any(register: Register) -> None:
    def finish_and_fail(running: Running) -> None:
        with transaction.atomic():
            running.finish()
            raise ValueError

    register("fail", finish_and_fail)
    queue.put("fail", {})
    run_due(2)
    assert waiting()[0].attempts == 1


def test_a_name_has_one_handler(register: Register) -> None:
    register("note", fail)
    with pytest.raises(ValueError, match="two handlers"):
        register("note", fail)
