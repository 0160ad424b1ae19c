"""Appending to many streams at once."""

import threading
from collections.abc import Mapping

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from project.realtime import log
from project.realtime.log import Entry

NAMES = [f"room.{number}" for number in range(1, 31)]


def say(seqs: Mapping[str, range]) -> dict[str, list[Entry]]:
    return {name: [Entry("said", {"seq": taken[0]}, "it")] for name, taken in seqs.items()}


def seqs(name: str) -> list[int]:
    return [event.seq for event in log.read(name, 0, 1000)]


@pytest.mark.django_db
def test_every_stream_gets_the_next_seq_of_its_own() -> None:
    with transaction.atomic():
        log.append("room.2", "said", {})
        used = log.append_each({"room.1": 1, "room.2": 1}, say)
    assert used == {"room.1": range(1, 2), "room.2": range(2, 3)}
    assert (seqs("room.1"), seqs("room.2")) == ([1], [1, 2])


@pytest.mark.django_db
def test_seqs_that_are_not_used_are_given_back() -> None:
    with transaction.atomic():
        used = log.append_each({"room.1": 3, "room.2": 2}, lambda _: {"room.1": [Entry("said", {})]})
        assert used == {"room.1": range(1, 2)}
        log.append("room.1", "said", {})
        log.append("room.2", "said", {})
    assert (seqs("room.1"), seqs("room.2")) == ([1, 2], [1])


@pytest.mark.django_db
def test_more_entries_than_seqs_are_refused() -> None:
    with pytest.raises(ValueError), transaction.atomic():
        log.append_each({"room.1": 1}, lambda _: {"room.1": [Entry("said", {})] * 2})
    with pytest.raises(ValueError), transaction.atomic():
        log.append_each({"room.1": 1}, lambda _: {"room.2": [Entry("said", {})]})
    assert log.heads(["room.1"])["room.1"].head == 0


@pytest.mark.django_db
def test_thirty_streams_cost_no_more_queries_than_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for names in (NAMES[:1], NAMES):
        with transaction.atomic(), django_assert_num_queries(2):
            log.append_each(dict.fromkeys(names, 1), say)


@pytest.mark.django_db
def test_what_is_redacted_is_so_in_those_streams_only() -> None:
    with transaction.atomic():
        log.append_each(dict.fromkeys(NAMES[:3], 1), say)
        changed = log.redact_each([(NAMES[0], "it"), (NAMES[1], "it")], lambda *_: {"gone": True})
    assert changed == 2
    assert [b"gone" in log.read(name, 0, 1)[0].item for name in NAMES[:3]] == [True, True, False]


@pytest.mark.django_db(transaction=True)
def test_writers_to_many_streams_in_any_order_neither_block_each_other_nor_leave_a_hole() -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def write(number: int) -> None:
        names = NAMES[number:] + NAMES[:number]
        start.wait()
        try:
            for _ in range(20):
                with transaction.atomic():
                    log.append_each(dict.fromkeys(names, 2), say)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number * 7,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {tuple(seqs(name)) for name in NAMES} == {tuple(range(1, 81))}
