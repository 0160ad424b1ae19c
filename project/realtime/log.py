"""The durable log: appended inside the caller's transaction, read by every transport.

Commit order is sequence order, because the stream's row stays locked from the moment a seq is given out until the
transaction ends. A rollback gives the seq back, so there is never a hole.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from project.realtime import relay, rows
from project.realtime.models import Epoch, Event, Stream
from project.realtime.protocol import format_cursor

_LINE_SEPARATORS = [(character, f"\\u{ord(character):04x}") for character in "\x85\u2028\u2029"]
"""No line ends for Server-Sent Events, but for the `splitlines` of many a client that reads them."""


class NotInTransaction(RuntimeError):
    """An event was to be written outside a transaction, where it could part from the change it tells of."""


class Entry(NamedTuple):
    """An event to be written. `subject` names what it is about, so that it can be found again and redacted."""

    type: str
    data: Mapping[str, Any]
    subject: str = ""


class Head(NamedTuple):
    """Where a stream stands: the last seq given out, and the first one still kept."""

    head: int
    oldest: int


class LoggedEvent(NamedTuple):
    """An event as it goes over the wire: `item` is its JSON, the same bytes for everyone and for ever."""

    seq: int
    type: str
    item: bytes


def append(stream: str, type: str, data: Mapping[str, Any], *, subject: str = "") -> int:
    """Writes one event and returns its seq. Announced to every process once the transaction commits.

    Raises NotInTransaction outside `transaction.atomic()`.
    """
    return append_batch(stream, 1, lambda _: [Entry(type, data, subject)])[0]


def append_batch(stream: str, count: int, build: Callable[[range], Sequence[Entry]]) -> range:
    """Writes `count` events at once and returns their seqs.

    Takes the stream's lock, then calls `build(seqs)`, which may insert rows that carry their seq, and writes what it
    returns. Everybody else who writes to this stream waits until the transaction ends: call it last. Transactions
    that write to several streams must take them in one order, the same everywhere, or they may wait for each other.

    Raises NotInTransaction outside `transaction.atomic()`, ValueError if `build` returns another number of entries.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"an event for {stream} was to be written outside a transaction")
    stream_id, head = rows.advance(stream, count)
    seqs = range(head - count + 1, head + 1)
    entries = build(seqs)
    if len(entries) != count:
        raise ValueError(f"{len(entries)} entries were built for {count} seqs of {stream}")
    _write([(stream, stream_id, seqs, entries)])
    return seqs


def append_each(
    most: Mapping[str, int], build: Callable[[Mapping[str, range]], Mapping[str, Sequence[Entry]]]
) -> dict[str, range]:
    """Writes events to many streams at once, with a fixed number of queries; returns the seqs used of each stream.

    `most` says how many events a stream may get. Takes the locks of all these streams, in the order of their names,
    then calls `build({stream: seqs})`, which returns the entries of each stream that gets any: they take the first of
    its seqs, and the others are given back. For the rest this is `append_batch`.

    Raises NotInTransaction outside `transaction.atomic()`, ValueError for more entries than there are seqs.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("events were to be written outside a transaction")
    if not most:
        return {}
    ids, reserved = rows.advance_each(most)
    built = build(reserved)
    used = {name: seqs[: len(built.get(name, ()))] for name, seqs in reserved.items()}
    if any(len(entries) > len(used.get(name, ())) for name, entries in built.items()):
        raise ValueError("more entries were built than there are seqs for them")
    rows.give_back({ids[name]: len(reserved[name]) - len(seqs) for name, seqs in used.items()})
    _write([(name, ids[name], seqs, built[name]) for name, seqs in used.items() if seqs])
    return {name: seqs for name, seqs in used.items() if seqs}


def redact(stream: str, subject: str, rewrite: Callable[[str, dict[str, Any]], dict[str, Any]]) -> int:
    """Replaces the data of every kept event about `subject` by `rewrite(type, data)`; returns how many there were.

    Only the log is changed. What was delivered already stays delivered: append an event that says what happened, of a
    type that the stream's kind lists as redacting.
    """
    return redact_each([(stream, subject)], lambda _, type, data: rewrite(type, data))


def redact_each(
    about: Sequence[tuple[str, str]], rewrite: Callable[[str, str, dict[str, Any]], dict[str, Any]]
) -> int:
    """The same for many `(stream, subject)` at once: `rewrite(subject, type, data)`."""
    subjects = {subject for _, subject in about}
    streams = {stream for stream, _ in about}
    found = Event.objects.filter(stream__name__in=streams, subject__in=subjects).select_related("stream")
    wanted = set(about)
    events = [event for event in found if (event.stream.name, event.subject) in wanted]
    for event in events:
        event.data = _encode(rewrite(event.subject, event.type, json.loads(event.data)))
    Event.objects.bulk_update(events, ["data"], batch_size=rows.PER_INSERT)
    return len(events)


def heads(names: Iterable[str]) -> dict[str, Head]:
    """Where these streams stand. A stream nothing was written to yet stands at 0.

    For a snapshot, call this before reading the state.
    """
    found = {name: Head(0, 1) for name in names}
    for name, head, oldest in Stream.objects.filter(name__in=list(found)).values_list(
        "name", "head", "oldest"
    ):
        found[name] = Head(head, oldest)
    return found


def read(stream: str, after: int, limit: int) -> list[LoggedEvent]:
    """Up to `limit` kept events with a seq above `after`, in order.

    The first may be later than `after + 1`, where older ones were pruned: the caller must look.
    """
    found = Event.objects.filter(stream__name=stream, seq__gt=after).order_by("seq")[:limit]
    return [
        LoggedEvent(seq, type, _item(stream, seq, type, timestamp(at), data))
        for seq, type, at, data in found.values_list("seq", "type", "at", "data")
    ]


def moments(stream: str, type: str, subjects: Iterable[str], since: datetime) -> list[tuple[str, datetime]]:
    """About what and when events of this type were written after `since`, about these subjects."""
    found = Event.objects.filter(stream__name=stream, subject__in=list(subjects), type=type, at__gt=since)
    return list(found.values_list("subject", "at"))


def current_epoch() -> str:
    """The log's identity. Made here where the table is still empty."""
    token = Epoch.objects.order_by("-id").values_list("token", flat=True).first()
    # A fixed key, so that processes that start together on an empty log agree.
    return token or Epoch.objects.get_or_create(pk=0)[0].token


def rotate_epoch() -> str:
    """Gives the log a new identity, so that cursors from the history before are recognised and refused."""
    return Epoch.objects.create().token


def cursor(positions: Mapping[str, int]) -> str:
    """The wire form of these positions, with the epoch."""
    return format_cursor(current_epoch(), positions)


def _write(parts: Sequence[tuple[str, int, range, Sequence[Entry]]]) -> None:
    """Inserts the entries of `(stream, its id, seqs, entries)`, to be announced once the transaction commits."""
    at = _now()
    stamp = timestamp(at)
    written: list[rows.Row] = []
    announcements: list[tuple[str, int, relay.Announced]] = []
    for stream, stream_id, seqs, entries in parts:
        announced = []
        for seq, entry in zip(seqs, entries, strict=True):
            text = _encode(entry.data)
            written.append(rows.Row(stream_id, seq, entry.type, text, entry.subject))
            announced.append((entry.type, _item(stream, seq, entry.type, stamp, text)))
        announcements.append((stream, seqs[0], announced))
    rows.insert(written, at)
    if announcements:
        transaction.on_commit(partial(relay.announce, announcements))


def _now() -> datetime:
    """Now, to the millisecond: what is stored is what the wire says."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def timestamp(at: datetime) -> str:
    """A moment as the wire writes it: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _encode(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _LINE_SEPARATORS:
        text = text.replace(character, escape)
    return text


def _item(stream: str, seq: int, type: str, at: str, data: str) -> bytes:
    """The event's JSON. Names of streams and types need no escaping; `data` is JSON already."""
    return f'{{"stream":"{stream}","seq":{seq},"type":"{type}","at":"{at}","data":{data}}}'.encode()
