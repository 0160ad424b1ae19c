"""The log: no hole, no double, atomic with the change, the same bytes for ever."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import transaction

from project.accounts.models import User
from project.realtime import log
from project.realtime.log import Entry, Head, NotInTransaction
from project.realtime.models import Event, Stream
from tests.realtime.conftest import append

pytestmark = pytest.mark.usefixtures("transactional_db")

Announced = list[dict[str, Any]]


class GivenUp(Exception):
    pass


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction that does its work and is then given up."""
    with suppress(GivenUp), transaction.atomic():
        yield
        raise GivenUp


def items(stream: str, after: int = 0) -> list[dict[str, Any]]:
    return [json.loads(event.item) for event in log.read(stream, after, 1000)]


def test_the_first_event_of_a_stream_is_number_one() -> None:
    assert append("lab.1") == 1
    assert log.heads(["lab.1"]) == {"lab.1": Head(1, 1)}


def test_sequences_of_different_streams_have_nothing_to_do_with_each_other() -> None:
    append("lab.1", *["lab.noted"] * 3)
    assert append("lab.2") == 1
    assert append("lab.1") == 4


def test_a_stream_that_nothing_was_written_to_stands_at_zero() -> None:
    assert log.heads(["lab.empty"]) == {"lab.empty": Head(0, 1)}
    assert log.read("lab.empty", 0, 10) == []


def test_an_event_reads_back_as_the_wire_says_it() -> None:
    append("lab.1", "lab.noted", text="Grüße 👍", n=1)
    [item] = items("lab.1")
    at = datetime.strptime(item.pop("at"), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    assert item == {"stream": "lab.1", "seq": 1, "type": "lab.noted", "data": {"text": "Grüße 👍", "n": 1}}


def test_what_is_announced_is_byte_for_byte_what_is_read_later(announced: Announced) -> None:
    append("lab.1", "lab.noted", text="é \U0001f600 </script> \u2028", nested={"b": [1.5, None], "a": True})
    [[_, item]] = announced[0]["events"]
    assert item == log.read("lab.1", 0, 1)[0].item


def test_nothing_in_an_item_looks_like_the_end_of_a_line_to_anybody() -> None:
    text = "".join(map(chr, range(0x3000)))
    append("lab.1", "lab.noted", text=text)
    [event] = log.read("lab.1", 0, 1)
    assert len(event.item.decode().splitlines()) == 1
    assert items("lab.1")[0]["data"]["text"] == text


def test_a_moment_is_written_in_utc_to_the_millisecond() -> None:
    vienna = timezone(timedelta(hours=1))
    assert log.timestamp(datetime(2026, 1, 2, 3, 4, 5, 67_999, vienna)) == "2026-01-02T02:04:05.067Z"


def test_reading_goes_on_after_a_seq_and_stops_at_the_limit() -> None:
    append("lab.1", *["lab.noted"] * 6)
    assert [event.seq for event in log.read("lab.1", 2, 3)] == [3, 4, 5]


def test_appending_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        log.append("lab.1", "lab.noted", {})
    assert log.heads(["lab.1"]) == {"lab.1": Head(0, 1)}


def test_a_rolled_back_transaction_leaves_no_event_no_hole_and_no_word(announced: Announced) -> None:
    append("lab.1")
    with rolled_back():
        log.append("lab.1", "lab.noted", {})
        log.append("lab.new", "lab.noted", {})
    assert log.heads(["lab.1", "lab.new"]) == {"lab.1": Head(1, 1), "lab.new": Head(0, 1)}
    assert append("lab.1") == 2
    assert [(message["stream"], message["first"]) for message in announced] == [("lab.1", 1), ("lab.1", 2)]


def test_a_rolled_back_savepoint_gives_its_seq_back(announced: Announced) -> None:
    with transaction.atomic():
        log.append("lab.1", "lab.noted", {"n": 1})
        with rolled_back():
            log.append("lab.1", "lab.noted", {"n": 2})
        log.append("lab.1", "lab.noted", {"n": 3})
    assert [(item["seq"], item["data"]["n"]) for item in items("lab.1")] == [(1, 1), (2, 3)]
    assert [message["first"] for message in announced] == [1, 2]


def test_events_are_announced_after_the_commit_and_not_before(announced: Announced) -> None:
    with transaction.atomic():
        log.append("lab.1", "lab.noted", {})
        assert announced == []
    assert len(announced) == 1


def test_a_change_and_its_event_are_one(alice: User) -> None:
    with rolled_back():
        User.objects.filter(pk=alice.pk).update(display_name="Alice")
        log.append("lab.1", "lab.noted", {})
    alice.refresh_from_db()
    assert (alice.display_name, Event.objects.count()) == ("", 0)


def test_a_batch_gives_out_consecutive_seqs_and_one_announcement(announced: Announced) -> None:
    append("lab.1")
    with transaction.atomic():
        seqs = log.append_batch("lab.1", 3, lambda seqs: [Entry("lab.noted", {"at": seq}) for seq in seqs])
    assert seqs == range(2, 5)
    assert [item["data"]["at"] for item in items("lab.1", after=1)] == [2, 3, 4]
    assert [(message["first"], len(message["events"])) for message in announced] == [(1, 1), (2, 3)]


def test_a_batch_with_another_number_of_entries_writes_nothing() -> None:
    with pytest.raises(ValueError, match="1 entries were built for 2 seqs"), transaction.atomic():
        log.append_batch("lab.1", 2, lambda seqs: [Entry("lab.noted", {})])
    assert not Stream.objects.exists()


@pytest.mark.parametrize("worthless", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(worthless: float) -> None:
    with pytest.raises(ValueError):
        append("lab.1", "lab.noted", value=worthless)


def test_redacting_rewrites_every_event_of_the_subject_and_no_other() -> None:
    append("lab.1", "lab.noted", subject="note.1", text="secret")
    append("lab.1", "lab.noted", subject="note.2", text="public")
    append("lab.1", "lab.changed", subject="note.1", text="secret too")
    append("lab.2", "lab.noted", subject="note.1", text="elsewhere")

    def rewrite(type: str, data: dict[str, Any]) -> dict[str, Any]:
        return {"was": type}

    with transaction.atomic():
        assert log.redact("lab.1", "note.1", rewrite) == 2
    assert [item["data"] for item in items("lab.1")] == [
        {"was": "lab.noted"},
        {"text": "public"},
        {"was": "lab.changed"},
    ]
    assert items("lab.2")[0]["data"] == {"text": "elsewhere"}


def test_the_epoch_stays_until_it_is_rotated() -> None:
    before = log.current_epoch()
    assert log.current_epoch() == before
    after = log.rotate_epoch()
    assert after != before
    assert log.current_epoch() == after


def test_a_cursor_names_the_epoch_and_the_positions() -> None:
    assert log.cursor({"room.7": 12, "inbox.3": 4}) == f"{log.current_epoch()}/room.7:12,inbox.3:4"


def test_heads_of_many_streams_are_one_query(django_assert_num_queries: Any) -> None:
    names = [f"lab.{n}" for n in range(50)]
    with django_assert_num_queries(1):
        assert len(log.heads(names)) == 50


def test_an_append_to_a_known_stream_is_two_queries(django_assert_num_queries: Any) -> None:
    append("lab.1")
    with transaction.atomic(), django_assert_num_queries(2):
        log.append("lab.1", "lab.noted", {})
