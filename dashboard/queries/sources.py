"""Who sends measurements, and how far behind the clock each of them is."""

import time

from dashboard.events import Payload
from dashboard.ingest.sources import sender_of
from dashboard.models import Source, Target
from dashboard.tiers import WATERMARK_SECONDS
from project.accounts.models import ApiToken, User

SOURCES_MAX = 1_000


def sources(reader: User) -> list[Payload]:
    """Every source, the one that sent last first. What a token is called is told to its owner and to staff."""
    rows = list(Source.objects.order_by("-received_at", "pk")[:SOURCES_MAX])
    names = names_of([row.key for row in rows], None if reader.is_staff else reader.pk)
    now = time.time()
    return [
        {
            "source": row.key,
            "name": names.get(sender_of(row.key), ""),
            "agent": row.agent,
            "newest_at": row.newest_at,
            "received_at": row.received_at,
            "watermark": row.newest_at - WATERMARK_SECONDS,
            "lag": max(0.0, now - row.newest_at),
            "accepted": row.accepted,
            "late": row.late,
            "rejected": row.rejected,
        }
        for row in rows
    ]


def names_of(keys: list[str], owner: int | None = None) -> dict[str, str]:
    """What sources are called, of tokens only those of `owner` if there is one."""
    ids: dict[str, list[int]] = {}
    for key in map(sender_of, keys):
        kind, _, number = key.rpartition(" ")
        if number.isdigit():
            ids.setdefault(kind, []).append(int(number))
    tokens = ApiToken.objects.filter(pk__in=ids.get("token", []))
    if owner is not None:
        tokens = tokens.filter(user=owner)
    found = {f"token {token.pk}": token.name for token in tokens}
    people = User.objects.filter(pk__in=ids.get("user", []))
    found |= {f"user {user.pk}": user.name for user in people}
    targets = Target.objects.filter(pk__in=ids.get("own target", []))
    found |= {f"own target {target.pk}": target.name for target in targets}
    return found | {"own site": "this site"}
