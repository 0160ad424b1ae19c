"""Four programs at once, in every way that measurements come: what is kept is what numpy computes from raw values."""

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.dashboard.agents import RECORDED, TEMPORALITIES, recorded
from tests.dashboard.test_concurrency import PROCESSES, samples_of
from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.site import ROOT
from tests.support.valkey import Valkey

QUANTILES = (0.1, 0.5, 0.9, 0.99)
TARGET = """
from django.db import transaction
from dashboard.ingest import scraping
from dashboard.models import Target
for number, port in enumerate({ports}):
    with transaction.atomic():
        url = f"http://127.0.0.1:{{port}}/metrics"
        scraping.begin(Target.objects.create(name=f"shop {{number}}", url=url, interval=1))
"""
SCRAPED = """
import json
from dashboard.models import Target
print(json.dumps([[row.last_at.timestamp() if row.last_at else 0, row.error] for row in Target.objects.all()]))
"""
TELL = f"""
import json
from dashboard import store
from dashboard.models import Metric, Series
from dashboard.queries.cells import Cell
from dashboard.tiers import TIERS
found = {{}}
for metric in Metric.objects.all():
    ids = Series.objects.filter(metric=metric).values_list("pk", flat=True)
    for tier in TIERS:
        cell = Cell()
        for row in store.rows(tier, ids, 0, 2**40, store.ALL):
            cell.add(row)
        quantiles = [cell.sketch.quantile(q) for q in {QUANTILES}]
        found.setdefault(metric.name, []).append([cell.count, cell.sum, cell.min, cell.max, quantiles])
print(json.dumps(found))
"""


@pytest.fixture(params=["postgres", "sqlite"])
def place(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """Two server processes on PostgreSQL and Valkey, or the embedded default."""
    servers: tuple[Postgres | Valkey, ...] = ()
    if request.param == "postgres":
        servers = (request.getfixturevalue("postgres"), request.getfixturevalue("valkey"))
    installation = Installation(1 + len(servers) // 2, *servers, JOBS_IN_SERVER="1", METRICS_OWN="0")  # type: ignore[arg-type]
    installation.start()
    yield installation
    installation.remove()


@pytest.mark.heavy
def test_what_four_programs_send_in_every_way_is_what_numpy_computes(place: Installation) -> None:
    (person,) = place.people(1)
    now, ports = float(int(time.time())), [free_port() for _ in range(PROCESSES)]
    agents = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.dashboard.agents", place.urls[seed % len(place.urls)]),
                *(person.token, str(seed), str(now), str(port)),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, port in enumerate(ports)
    ]
    try:
        place.shell.run(TARGET.format(ports=ports))
        for agent in agents:
            assert agent.stdout
            assert agent.stdout.readline() == "sent\n"
        done = time.time()
        wait_until(
            lambda: all(at > done and not error for at, error in place.shell.tell(SCRAPED)),
            60,
            "a scrape of each",
        )
    finally:
        for agent in agents:
            agent.kill()
            agent.communicate()
    told = place.shell.tell(TELL)

    pushed = [one for seed in range(PROCESSES) for push in samples_of(seed, now) for one in push]
    raw = np.array([recorded(seed, kind) for seed in range(PROCESSES) for kind in TEMPORALITIES])
    for name in ("wait", "size"):
        check(told[name], np.array([one["value"] for one in pushed if one["name"] == name]), rtol=0.01)
    for _, total, *_ in told["hits"]:
        assert total == sum(one["value"] for one in pushed if one["name"] == "hits")
    check(told["sdk.fine"], raw.ravel(), rtol=0.0125)  # with what the SDK's own buckets are off by
    check(told["sdk.level"], raw[:, :, -1].ravel(), rtol=0.01)
    check(told["sdk.change"], np.tile(-RECORDED * np.arange(1.0, raw.shape[1] + 1), len(raw)), rtol=0.01)
    for tier in range(len(told["sdk.hits"])):
        assert told["sdk.hits"][tier][1] == told["prom_hits_total"][tier][1] == raw.sum()
        assert told["sdk.coarse"][tier][:2] == told["prom_wait"][tier][:2] == [raw.size, raw.sum()]


def check(tiers: list, values: np.ndarray, *, rtol: float) -> None:
    """Every tier has these values: count, sum and extremes exactly, quantiles nearly."""
    assert len(tiers) == 5
    for count, total, low, high, quantiles in tiers:
        assert (count, total, low, high) == (len(values), values.sum(), values.min(), values.max())
        true = np.quantile(values, QUANTILES, method="lower")
        np.testing.assert_allclose(quantiles, true, rtol=rtol * 1.00001)
