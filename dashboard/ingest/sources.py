"""How far each source of measurements has come: kept in the transaction that takes them in."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from dashboard import store
from dashboard.models import Source
from dashboard.tiers import FINEST, WATERMARK_SECONDS

from .points import Push, Result


def watermarks(keys: Collection[str], *, hold: bool) -> dict[str, float]:
    """How far each of these has come that was seen before. With `hold`, it stays so until the transaction ends."""
    rows = Source.objects.filter(key__in=keys, newest_at__gt=0).order_by("key")
    if hold:
        rows = rows.select_for_update()
    return {key: newest - WATERMARK_SECONDS for key, newest in rows.values_list("key", "newest_at")}


@dataclass
class _Seen:
    newest_at: float = 0.0
    accepted: int = 0
    late: int = 0
    rejected: int = 0


def saw(results: Iterable[tuple[Push, Result]], closed: int, now: float) -> None:
    """Adds what came of these pushes to what is known of their sources. Windows up to `closed` were closed before."""
    seen: dict[str, _Seen] = {}
    for push, result in results:
        one = seen.setdefault(push.sender.key, _Seen())
        moments = [point.at for point in push.points]
        one.newest_at = max(one.newest_at, max(moments, default=0.0))
        one.accepted += result.accepted
        one.late += sum(FINEST.window(at) <= closed for at in moments)
        one.rejected += len(result.rejected)
    # In one order everywhere, so that nobody waits in a circle.
    rows = [
        [key, one.newest_at, now, one.accepted, one.late, one.rejected] for key, one in sorted(seen.items())
    ]
    if not rows:
        return
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO dashboard_source (key, newest_at, received_at, accepted, late, rejected)"  # noqa: S608
            " SELECT v.value ->> 0, CAST(v.value ->> 1 AS double precision), CAST(v.value ->> 2 AS double precision),"
            " CAST(v.value ->> 3 AS bigint), CAST(v.value ->> 4 AS bigint), CAST(v.value ->> 5 AS bigint)"
            f" FROM {store.json_rows()} WHERE true"
            " ON CONFLICT (key) DO UPDATE SET accepted = dashboard_source.accepted + EXCLUDED.accepted,"
            " late = dashboard_source.late + EXCLUDED.late, rejected = dashboard_source.rejected + EXCLUDED.rejected,"
            " received_at = EXCLUDED.received_at, newest_at = CASE WHEN EXCLUDED.newest_at > dashboard_source.newest_at"
            " THEN EXCLUDED.newest_at ELSE dashboard_source.newest_at END",
            [json.dumps(rows)],
        )
