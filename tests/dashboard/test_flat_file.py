"""On SQLite, which has no partitions: what is past its time goes row by row, and its room is used again."""

from collections.abc import Iterator

import pytest

from tests.support.installation import Installation

CYCLE = """
import json, time
from django.db import connection, transaction
from dashboard import retention, store
from dashboard.models import Metric, Series
from dashboard.rollups import Key, Rollup
from dashboard.tiers import DAY, TIERS

metric = Metric.objects.create(name="level")
ids = [Series.objects.create(metric=metric, labels=str(n), digest=str(n), last_at=2**40).pk for n in range(4)]
retention.ROWS_AT_ONCE = 500
found = []
for cycle in range(6):
    now = int(time.time()) + cycle * 10 * 366 * DAY  # nothing of the last time is kept by any tier
    for tier in TIERS:
        last = tier.window(now)
        windows = {
            Key(series, last - n * tier.step): Rollup.of(n / 7, now, sketched=True)
            for series in ids for n in range(1_200) if n * tier.step < tier.keep_seconds
        }
        with transaction.atomic():
            store.merge(tier, windows)
    retention.tend(now)
    with connection.cursor() as sql:
        rows = [sql.execute(f"SELECT count(*), min(start) FROM {tier.table}").fetchone() for tier in TIERS]
        pages = sql.execute("PRAGMA page_count").fetchone()[0]
    old = [tier.name for tier, (_, first) in zip(TIERS, rows) if first < now - tier.keep_seconds - 2 * tier.step]
    found.append([pages, sum(count for count, _ in rows), old])
print(json.dumps(found))
"""


@pytest.fixture
def place() -> Iterator[Installation]:
    installation = Installation(1)
    yield installation
    installation.remove()


def test_what_is_past_its_time_goes_and_the_file_does_not_grow(place: Installation) -> None:
    found = place.shell.tell(CYCLE)
    (_, first_rows, _), *_ = found
    for _, rows, old in found:
        assert rows == first_rows
        assert old == []
    pages = [pages for pages, _, _ in found]
    assert max(pages[3:]) <= pages[2] * 1.05  # after what it needs once to work in
