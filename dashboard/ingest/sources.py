"""How far each source of measurements has come: kept in the transaction that takes them in."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db import connection
from django.db.models.functions import Collate

from dashboard import store
from dashboard.models import Source
from dashboard.tiers import FINEST, WATERMARK_SECONDS

from .points import Push, Result

AGENTS_MAX = 1_000
"""Of one sender, that are told apart: who names itself anew with each start makes no more rows than that a month."""
REMEMBERED_MAX = 20_000
"""Sources that a process remembers having seen."""

_remembered: set[str] = set()


@lru_cache(maxsize=REMEMBERED_MAX)
def key_of(sender: str, agent: str) -> str:
    """What a source is found by: a sender, or one of the agents that share its token."""
    return f"{sender} {hashlib.sha256(agent.encode()).hexdigest()[:12]}" if agent else sender


def sender_of(key: str) -> str:
    """The sender that a source is of. Only tokens and people have agents."""
    return key if key.startswith("own ") else " ".join(key.split()[:2])


def watermarks(keys: Collection[str], *, hold: bool) -> dict[str, float]:
    """How far each of these has come that was seen before. With `hold`, it stays so until the transaction ends."""
    rows = Source.objects.filter(key__in=keys, newest_at__gt=0)
    if hold and store.on_postgres():
        # In the order in which they are written, so that nobody waits in a circle.
        rows = rows.order_by(Collate("key", "C")).select_for_update()
    return {key: newest - WATERMARK_SECONDS for key, newest in rows.values_list("key", "newest_at")}


@dataclass(frozen=True)
class _Seen:
    agent: str
    newest_at: float
    accepted: int
    late: int
    rejected: int

    def with_(self, other: "_Seen | None") -> "_Seen":
        """Both together."""
        if other is None:
            return self
        newest_at = max(self.newest_at, other.newest_at)
        counts = (self.accepted + other.accepted, self.late + other.late, self.rejected + other.rejected)
        return _Seen(self.agent, newest_at, *counts)


def saw(results: Iterable[tuple[Push, Result]], closed: int, now: float) -> None:
    """Adds what came of these pushes to what is known of their sources. Windows up to `closed` were closed before."""
    found: dict[tuple[str, str], _Seen] = {}
    for push, _ in results:
        moments: dict[str, list[float]] = defaultdict(list)
        for point in push.points:
            moments[point.agent].append(point.at)
        rejected = Counter(one.agent for one in push.rejected)
        for agent in moments.keys() | rejected.keys():
            here = moments.get(agent, [])
            late = sum(FINEST.window(at) <= closed for at in here)
            one = _Seen(agent, max(here, default=0.0), len(here), late, rejected[agent])
            found[push.sender.key, agent] = one.with_(found.get((push.sender.key, agent)))
    known = _told_apart(found)
    seen: dict[str, _Seen] = {}
    for name, one in found.items():
        key, one = (key_of(*name), one) if name in known else (name[0], replace(one, agent=""))
        seen[key] = one.with_(seen.get(key))
    # In one order everywhere, here too.
    rows = [
        [key, one.agent, one.newest_at, now, one.accepted, one.late, one.rejected]
        for key, one in sorted(seen.items())
    ]
    if not rows:
        return
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO dashboard_source (key, agent, newest_at, received_at, accepted, late, rejected)"  # noqa: S608
            " SELECT v.value ->> 0, v.value ->> 1, CAST(v.value ->> 2 AS double precision),"
            " CAST(v.value ->> 3 AS double precision), CAST(v.value ->> 4 AS bigint), CAST(v.value ->> 5 AS bigint),"
            " CAST(v.value ->> 6 AS bigint)"
            f" FROM {store.json_rows()} WHERE true"
            " ON CONFLICT (key) DO UPDATE SET accepted = dashboard_source.accepted + EXCLUDED.accepted,"
            " late = dashboard_source.late + EXCLUDED.late, rejected = dashboard_source.rejected + EXCLUDED.rejected,"
            " received_at = EXCLUDED.received_at, newest_at = CASE WHEN EXCLUDED.newest_at > dashboard_source.newest_at"
            " THEN EXCLUDED.newest_at ELSE dashboard_source.newest_at END",
            [json.dumps(rows)],
        )


def _told_apart(agents: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these senders' agents that have a watermark of their own: not more than AGENTS_MAX of each sender."""
    named = {(sender, agent): key_of(sender, agent) for sender, agent in agents if agent}
    if missing := set(named.values()) - _remembered:
        missing -= set(Source.objects.filter(key__in=missing).values_list("key", flat=True))
    found = {name for name, key in named.items() if key not in missing}
    for sender in {sender for (sender, _), key in named.items() if key in missing}:
        room = AGENTS_MAX - Source.objects.filter(key__startswith=f"{sender} ").count()
        new = sorted(agent for (who, agent), key in named.items() if who == sender and key in missing)
        found |= {(sender, agent) for agent in new[: max(0, room)]}
    if len(_remembered) > REMEMBERED_MAX:
        _remembered.clear()
    _remembered.update(named[name] for name in found)
    return found
