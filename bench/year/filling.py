"""Fills every tier with a level measured once a second by many series, as taking it in and retention would leave them.

The level repeats itself every day, later by an hour for each series. So there are no more different windows than a day
has, and the database multiplies them; every tier is still exactly what the one below says.
"""

import time
from collections.abc import Mapping

import numpy as np
from django.db import connection, transaction

from dashboard import partitions, store
from dashboard.ingest.series import digest_of
from dashboard.models import Kind, Metric, Series
from dashboard.rollups import Key, Rollup, in_all_tiers
from dashboard.tiers import DAY, HOUR, TIERS, Tier

NAME = "year"
YEAR = 365 * DAY
AT_ONCE = 6 * HOUR
"""Seconds of a tier's windows in a statement, times its step: some million rows at most."""


def fill(series: int, part: Mapping[str, float]) -> None:
    """Makes the series and their windows up to now; of a tier in `part` only this part of what it keeps."""
    end = int(time.time())
    metric = Metric.objects.create(name=NAME, kind=Kind.GAUGE)
    Series.objects.bulk_create(
        Series(metric=metric, labels=labels, digest=digest_of(NAME, labels), last_at=end)
        for labels in (f'{{"rack":"r{n % 10}","series":"s{n:03}"}}' for n in range(series))
    )
    with connection.cursor() as sql:
        if not store.on_postgres():  # nobody needs this file after a crash
            sql.execute("PRAGMA synchronous = OFF")
            sql.execute("PRAGMA cache_size = -600000")
            sql.execute("PRAGMA wal_autocheckpoint = 50000")
        real, blob = ("float8", "bytea") if store.on_postgres() else ("real", "blob")
        sql.execute(
            "CREATE TEMPORARY TABLE day (step integer, place integer, count integer,"
            f" sum {real}, min {real}, max {real}, last {real}, sketch {blob}, PRIMARY KEY (step, place))"
        )
        sql.execute("CREATE TEMPORARY TABLE moment (start integer PRIMARY KEY)")
    for tier, windows in in_all_tiers(_a_day()):
        _keep_day(tier, windows)
    for tier in TIERS:
        kept = min(tier.keep_seconds, YEAR) * part.get(tier.name, 1)
        _fill(tier, tier.window(end - kept), end)
    with connection.cursor() as sql:
        sql.execute("ANALYZE")


def _a_day() -> dict[Key, Rollup]:
    """A busy machine's load in percent: noise on a wave, to a tenth."""
    random = np.random.default_rng(11)
    seconds = np.arange(DAY)
    wave = 45 + 25 * np.sin(seconds * 2 * np.pi / DAY)
    values = np.round(np.clip(wave + random.normal(0, 6, DAY), 0, 100), 1)
    return {Key(0, n): Rollup.of(float(value), n, sketched=True) for n, value in enumerate(values)}


def _keep_day(tier: Tier, windows: Mapping[Key, Rollup]) -> None:
    rows = [
        (tier.step, key.start // tier.step, r.count, r.sum, r.min, r.max, r.last, r.sketch_bytes())
        for key, r in windows.items()
    ]
    with transaction.atomic(), connection.cursor() as sql:
        sql.executemany("INSERT INTO day VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)


def _fill(tier: Tier, first: int, end: int) -> None:
    chunk = max(AT_ONCE, tier.step * 1_000)
    partitions.ensure([first, end])
    for start in range(first, end, chunk):
        moments = range(start, min(start + chunk, end), tier.step)
        partitions.ensure(moments)
        with transaction.atomic(), connection.cursor() as sql:
            sql.execute("DELETE FROM moment")
            sql.executemany("INSERT INTO moment VALUES (%s)", [(moment,) for moment in moments])
            # In the order of time, as it would have come in: it decides how full the pages are.
            order = " ORDER BY m.start, s.id" if store.on_postgres() else ""
            sql.execute(
                f"INSERT INTO {tier.table} ({store.COLUMNS})"  # noqa: S608
                " SELECT s.id, m.start, d.count, d.sum, d.min, d.max, d.last, m.start + %s, d.sketch"
                # SQLite joins in just this order where it is told to cross.
                " FROM moment m CROSS JOIN dashboard_series s CROSS JOIN day d"
                f" WHERE d.step = %s AND d.place = ((m.start + s.id * 3600) %% 86400) / %s{order}",
                [tier.step - 1, tier.step, tier.step],
            )
