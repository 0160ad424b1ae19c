"""The way into people's inboxes: their streams are locked first, then their notifications may be changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from project.realtime import log
from project.realtime.log import Entry

from .. import events, queries
from ..access import stream_of
from ..models import Notification


def write(
    most: Mapping[int, int], build: Callable[[Mapping[int, range]], Mapping[int, Sequence[Entry]]]
) -> None:
    """`log.append_each`, for the inboxes of these people instead of streams."""
    people = {stream_of(user_id): user_id for user_id in most}

    def build_streams(seqs: Mapping[str, range]) -> Mapping[str, Sequence[Entry]]:
        built = build({people[stream]: taken for stream, taken in seqs.items()})
        return {stream_of(user_id): entries for user_id, entries in built.items()}

    log.append_each({stream: most[user_id] for stream, user_id in people.items()}, build_streams)


def hold(user_ids: Iterable[int]) -> None:
    """Locks these people's inboxes until the transaction ends, for a caller that writes to them several times."""
    write(dict.fromkeys(user_ids, 0), lambda _: {})


def numbered(rows: Sequence[Notification], seqs: Mapping[int, range]) -> dict[int, list[Notification]]:
    """These rows by their person, each with the seq of the event that is going to tell of it."""
    mine: dict[int, list[Notification]] = {}
    for row in rows:
        own = mine.setdefault(row.recipient_id, [])
        row.seq = seqs[row.recipient_id][len(own)]
        own.append(row)
    return mine


def entries_of(
    rows: Mapping[int, Sequence[Notification]], new: frozenset[int] = frozenset()
) -> dict[int, list[Entry]]:
    """The events that tell of these rows as they are saved now; `new` are the ids of those just made."""
    unread = queries.unread_counts(rows)
    actors = events.people(row.actor_id for own in rows.values() for row in own)
    built: dict[int, list[Entry]] = {}
    for user_id, own in rows.items():
        payloads = [events.notification(row, actors.get(row.actor_id)) for row in own]
        built[user_id] = [
            (events.created if payload["id"] in new else events.updated)(payload, unread[user_id])
            for payload in payloads
        ]
    return built
