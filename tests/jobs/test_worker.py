"""A worker with its threads: woken at once, several at a time, and an orderly end."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, transaction
from pytest_django import Settings

from project.accounts.models import User
from project.jobs import claims, queue
from project.jobs.models import Job, Priority
from project.jobs.running import Running
from project.jobs.worker import Worker
from tests.jobs.conftest import Register

pytestmark = pytest.mark.usefixtures("transactional_db")

PATIENCE = 10.0  # seconds until something that should happen has not


class Started(Worker):
    """A worker at work, in a thread of its own."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self._thread = threading.Thread(target=self.run)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


Start = Callable[..., Started]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts workers, and ends them with the test."""
    started: list[Started] = []

    def begin(threads: int = 2) -> Started:
        started.append(Started(threads))
        return started[-1]

    yield begin
    for worker in started:
        worker.stop()
    for worker in started:
        worker.join()


class Gate:
    """A handler that says when it has begun, and waits to be let through."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.open = threading.Event()
        self.ended = threading.Semaphore(0)

    def __call__(self, running: Running) -> None:
        self.begun.release()
        assert self.open.wait(PATIENCE)
        self.ended.release()


@pytest.fixture
def gate(register: Register) -> Iterator[Gate]:
    gate = Gate()
    register("gate", gate)
    yield gate
    gate.open.set()


def test_a_sleeping_worker_is_woken_by_a_commit_of_its_process(
    start: Start, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("project.jobs.worker.LOOK_SECONDS", PATIENCE * 10)
    start()
    queue.put("gate", {})
    assert gate.begun.acquire(timeout=PATIENCE)


def test_jobs_run_side_by_side_up_to_its_threads(start: Start, gate: Gate) -> None:
    queue.put_many("gate", [({}, None, None)] * 3)
    start(threads=2)
    assert gate.begun.acquire(timeout=PATIENCE)
    assert gate.begun.acquire(timeout=PATIENCE)
    assert not gate.begun.acquire(blocking=False)
    gate.open.set()
    assert gate.begun.acquire(timeout=PATIENCE)


def test_what_comes_first_waits_for_nothing_that_comes_later(start: Start, gate: Gate) -> None:
    """Each thread may be waiting for a push service that hangs, or be at a notice to everybody."""
    queue.put_many("gate", [({}, None, None)] * 3, Priority.NORMAL)
    start(threads=2)
    assert all(gate.begun.acquire(timeout=PATIENCE) for _ in range(2))
    queue.put("gate", {}, priority=Priority.FIRST)
    assert gate.begun.acquire(timeout=PATIENCE)
    assert [job.priority for job in Job.objects.filter(state="waiting")] == [Priority.NORMAL]


def test_a_stopped_worker_finishes_what_is_in_hand_and_takes_nothing_more(start: Start, gate: Gate) -> None:
    queue.put_many("gate", [({}, None, None)] * 2)
    worker = start(threads=1)
    assert gate.begun.acquire(timeout=PATIENCE)
    worker.stop()
    gate.open.set()
    worker.join()
    assert gate.ended.acquire(blocking=False)
    assert not gate.begun.acquire(blocking=False)


def test_a_long_jobs_lease_is_renewed(
    start: Start, gate: Gate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = threading.Event()
    monkeypatch.setattr(claims, "renew", lambda in_hand: renewed.set())
    settings.JOBS_LEASE_SECONDS = 0.2
    queue.put("gate", {})
    start()
    assert renewed.wait(PATIENCE)


def test_a_worker_outlives_a_database_that_is_away(
    start: Start, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refused = claims.claim, threading.Event()

    def refuse_once(limit: int, *least: int) -> list[Running]:
        if not refused.is_set():
            refused.set()
            raise OperationalError("gone away")
        return real(limit, *least)

    monkeypatch.setattr(claims, "claim", refuse_once)
    queue.put("gate", {})
    start()
    assert gate.begun.acquire(timeout=PATIENCE)


def test_four_workers_do_each_of_two_hundred_jobs_once(start: Start, register: Register) -> None:
    done = threading.Event()

    def make(running: Running) -> None:
        with transaction.atomic():
            User.objects.create(username=f"user{running.args['n']}")  # a second time would fail
            running.finish()
        if User.objects.count() == 200:
            done.set()

    register("make", make)
    queue.put_many("make", [({"n": n}, None, None) for n in range(200)])
    for _ in range(4):
        start()
    assert done.wait(60)
    assert not Job.objects.exists()
