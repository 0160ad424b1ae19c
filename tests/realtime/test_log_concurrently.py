"""Many writers at once: no hole, no double, and commit order is sequence order, on either database."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from project.realtime import log
from tests.realtime.conftest import PATIENCE

pytestmark = pytest.mark.usefixtures("transactional_db")

WRITERS = 8
EVENTS = 25  # a writer


def in_threads(*work: Callable[[], object]) -> list[object]:
    """Runs these at the same time, each with a connection of its own."""

    def run(one: Callable[[], object]) -> object:
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as threads:
        return [done.result(timeout=60) for done in [threads.submit(run, one) for one in work]]


def writer(streams: Sequence[str], *, give_up_every: int = 0) -> Callable[[], None]:
    """Writes EVENTS events over these streams, one a transaction; some transactions are rolled back."""

    class GivenUp(Exception):
        pass

    def write() -> None:
        for n in range(EVENTS):
            try:
                with transaction.atomic():
                    log.append(streams[n % len(streams)], "lab.noted", {"n": n})
                    if give_up_every and n % give_up_every == 0:
                        raise GivenUp
            except GivenUp:
                continue

    return write


def seqs(stream: str) -> list[int]:
    return [event.seq for event in log.read(stream, 0, WRITERS * EVENTS + 1)]


def test_eight_writers_of_one_stream_leave_no_hole_and_no_double() -> None:
    in_threads(*[writer(["lab.one"])] * WRITERS)
    assert seqs("lab.one") == list(range(1, WRITERS * EVENTS + 1))


def test_eight_writers_of_many_streams_leave_no_hole_and_no_double() -> None:
    names = [f"lab.{n}" for n in range(WRITERS)]
    in_threads(*[writer(names[n:] + names[:n]) for n in range(WRITERS)])
    written = {name: seqs(name) for name in names}
    assert all(found == list(range(1, len(found) + 1)) for found in written.values())
    assert sum(map(len, written.values())) == WRITERS * EVENTS


def test_writers_that_roll_back_leave_no_hole() -> None:
    in_threads(*[writer(["lab.one"], give_up_every=3)] * WRITERS)
    kept = WRITERS * (EVENTS - len(range(0, EVENTS, 3)))
    assert seqs("lab.one") == list(range(1, kept + 1))


def test_a_reader_at_the_same_time_never_sees_a_seq_before_a_lower_one() -> None:
    """Commit order is sequence order: so whoever has read up to a seq has missed nothing below it."""
    seen: list[int] = []
    over = threading.Event()

    def read_along() -> None:
        last_pass = False
        while not last_pass:
            last_pass = over.is_set()
            seen.extend(event.seq for event in log.read("lab.one", seen[-1] if seen else 0, 1000))

    def write_all() -> None:
        try:
            in_threads(*[writer(["lab.one"], give_up_every=5)] * WRITERS)
        finally:
            over.set()

    in_threads(read_along, write_all)
    assert seen == list(range(1, len(seen) + 1))
    assert seen == seqs("lab.one")


def test_the_second_writer_waits_until_the_first_transaction_ends() -> None:
    first_has_written, second_may_start = threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> int:
        with transaction.atomic():
            seq = log.append("lab.one", "lab.noted", {})
            second_may_start.set()
            first_has_written.wait(0.2)  # nobody sets it: the second one must not get so far meanwhile
            order.append("first")
        return seq

    def second() -> int:
        assert second_may_start.wait(PATIENCE)
        with transaction.atomic():
            seq = log.append("lab.one", "lab.noted", {})
            order.append("second")
            first_has_written.set()
        return seq

    assert in_threads(first, second) == [1, 2]
    assert order == ["first", "second"]


def test_the_first_event_of_a_stream_is_made_once_by_many_at_the_same_time() -> None:
    start = threading.Barrier(WRITERS)

    def write() -> int:
        start.wait(PATIENCE)
        with transaction.atomic():
            return log.append("lab.brand-new", "lab.noted", {})

    assert sorted(in_threads(*[write] * WRITERS)) == list(range(1, WRITERS + 1))  # type: ignore[type-var]


def test_the_epoch_of_an_empty_log_is_made_once_by_many_at_the_same_time() -> None:
    start = threading.Barrier(WRITERS)

    def look() -> str:
        connection.ensure_connection()
        start.wait(PATIENCE)
        return log.current_epoch()

    assert set(in_threads(*[look] * WRITERS)) == {log.current_epoch()}
