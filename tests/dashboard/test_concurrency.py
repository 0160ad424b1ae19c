"""Four processes at once, out of order and late: every tier has what numpy computes from the raw samples."""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest

from dashboard.tiers import TIERS
from tests.support.installation import Installation
from tests.support.postgres import Postgres
from tests.support.site import ROOT

PROCESSES = 4
PUSHES = 40
SAMPLES = 50  # in a push
SPAN = 3_000  # seconds back from now that samples are scattered over, most of them long closed
PARTS = 64  # a value is a multiple of 1 / PARTS, so that sums are exact in whatever order

SEND = """
import json, sys, time
from dashboard.ingest.points import Sender
from dashboard.ingest.samples import push_of
from dashboard.ingest.writing import write
from tests.dashboard.test_concurrency import samples_of
for number, samples in enumerate(samples_of({seed}, {now})):
    batch = push_of(Sender(own="process {seed}"), samples, f"b{{number}}", time.time())
    assert write([batch])[0].accepted == len(samples)
    if number % 7 == 0:
        write([batch])  # a retry, as after a broken connection
"""

TELL = """
import json
from dashboard import store
from dashboard.models import Series
from dashboard.rollups import sketch_of
from dashboard.tiers import TIERS
names = {row.pk: row.metric.name for row in Series.objects.select_related("metric")}
found = []
for tier in TIERS:
    for row in store.rows(tier, names, 0, 2**40, store.ALL):
        sketch = sketch_of(bytes(row[8]), row[4], row[2])
        quantiles = [sketch.quantile(q) for q in (0.5, 0.9, 0.99)]
        found.append([tier.step, names[row[0]], row[1], *row[2:8], quantiles])
print(json.dumps(found))
"""


def samples_of(seed: int, now: float) -> list[list[dict]]:
    """What one process sends: the same for the same seed."""
    random = np.random.default_rng(seed)
    values = np.round(random.lognormal(3, 2, PUSHES * SAMPLES) * PARTS) / PARTS
    moments = now - random.integers(1, SPAN * 4, PUSHES * SAMPLES) / 4
    names = random.choice(["wait", "size", "hits"], PUSHES * SAMPLES)
    rows = [
        {"name": str(name), "value": float(value), "at": float(at)}
        | ({"kind": "counter"} if name == "hits" else {})
        for name, value, at in zip(names, values, moments, strict=True)
    ]
    return [rows[start : start + SAMPLES] for start in range(0, len(rows), SAMPLES)]


@pytest.fixture(params=["postgres", "sqlite"])
def place(request: pytest.FixtureRequest) -> Iterator[Installation]:
    postgres: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    installation = Installation(1, postgres)
    yield installation
    installation.remove()


def shell(place: Installation, code: str) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.Popen(
        command, cwd=ROOT, env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.mark.heavy
def test_every_tier_has_what_numpy_computes(place: Installation) -> None:
    now = float(int(time.time()))
    senders = [shell(place, SEND.format(seed=seed, now=now)) for seed in range(PROCESSES)]
    for sender in senders:
        said, _ = sender.communicate()
        assert sender.returncode == 0, said
    told = place.shell.tell(TELL)

    raw = [one for seed in range(PROCESSES) for push in samples_of(seed, now) for one in push]
    checked = 0
    for tier in TIERS:
        windows = defaultdict(list)
        for one in raw:
            windows[one["name"], tier.window(one["at"])].append((one["at"], one["value"]))
        stored = {(name, start): rest for step, name, start, *rest in told if step == tier.step}
        assert stored.keys() == windows.keys()
        for key, samples in windows.items():
            values = np.array([value for _, value in samples])
            count, total, low, high, last, last_at, quantiles = stored[key]
            assert (count, total, low, high) == (len(values), values.sum(), values.min(), values.max())
            assert (last_at, last) == max(samples)
            if key[0] != "hits":
                true = np.quantile(values, (0.5, 0.9, 0.99), method="lower")
                np.testing.assert_allclose(quantiles, true, rtol=0.0100001)
            checked += 1
    assert checked > 1_000
