"""Forgets windows that are older than their tier keeps, and what is no use without them."""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from . import partitions, revisions, store
from .models import Batch, Board, DeadLetter, Series, Source
from .rules import retention as rules
from .sharing import actions as sharing
from .tiers import DAY, TIERS, Tier

EVERY_SECONDS = 3_600.0
BATCHES_KEPT = timedelta(days=1)
"""How long a batch can be sent again."""
LETTERS_KEPT = timedelta(days=7)
CHARTS_KEPT = timedelta(days=90)
"""How long the chart of a message is there after somebody last followed it or asked for it."""
SOURCES_KEPT = 30 * DAY
"""After its last push."""
ROWS_AT_ONCE = 5_000
"""In one transaction, where rows have to be deleted one by one: SQLite has one writer."""


def tend(now: float) -> None:
    """Makes the partitions of the time to come, and removes what is past its time. Safe in many processes at once."""
    partitions.ensure_ahead()
    for tier in TIERS:
        drop(tier, now - tier.keep_seconds)
    Batch.objects.filter(at__lt=timezone.now() - BATCHES_KEPT).delete()
    DeadLetter.objects.filter(at__lt=timezone.now() - LETTERS_KEPT).delete()
    revisions.forget(now - TIERS[0].keep_seconds)
    rules.prune()
    _forget_charts(now - CHARTS_KEPT.total_seconds())
    sharing.forget(timezone.now())
    Source.objects.filter(received_at__lt=now - SOURCES_KEPT).delete()
    _forget_series(now - max(tier.keep_seconds for tier in TIERS))


def drop(tier: Tier, before: float) -> None:
    """Removes this tier's windows that ended before: whole partitions in PostgreSQL, rows in SQLite."""
    if store.on_postgres():
        partitions.drop_older(tier, before)
        return
    for series in Series.objects.order_by("pk").values_list("pk", flat=True):
        while _delete_some(tier, series, int(before) - tier.step) == ROWS_AT_ONCE:
            pass


def _delete_some(tier: Tier, series: int, before: int) -> int:
    with store.in_turn(), transaction.atomic(), connection.cursor() as sql:
        sql.execute(
            f"DELETE FROM {tier.table} WHERE (series_id, start) IN (SELECT series_id, start FROM {tier.table}"  # noqa: S608
            " WHERE series_id = %s AND start < %s LIMIT %s)",
            [series, before, ROWS_AT_ONCE],
        )
        return int(sql.rowcount)


def _forget_charts(before: float) -> None:
    """Removes the charts of messages that nobody looks at any more."""
    since = datetime.fromtimestamp(before, UTC)
    Board.objects.filter(hidden=True, followed_until__lt=before, updated_at__lt=since).delete()


def _forget_series(before: float) -> None:
    """Removes series of which nothing is left."""
    Series.objects.filter(last_at__lt=before).delete()
