"""A real Prometheus exposition, fetched from a real server, lands with right values."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.test import Client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, start_http_server

from dashboard.ingest import scraping
from dashboard.models import Metric, Series, Target
from dashboard.tiers import TIERS
from project.accounts.models import User
from project.jobs.models import Job
from tests.dashboard.conftest import WINDOWS
from tests.support.jobs import run_due, waiting
from tests.support.ports import free_port


@pytest.fixture
def registry() -> Iterator[CollectorRegistry]:
    """Served by prometheus-client itself; its port is in `registry.port`."""
    registry = CollectorRegistry()
    registry.port = free_port()  # type: ignore[attr-defined]
    server, thread = start_http_server(registry.port, "127.0.0.1", registry)  # type: ignore[attr-defined]
    yield registry
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def target(transactional_db: None, registry: CollectorRegistry) -> Target:
    return Target.objects.create(name="shop", url=f"http://127.0.0.1:{registry.port}/metrics", interval=15)  # type: ignore[attr-defined]


def scrape(target: Target) -> None:
    """Once, now."""
    Job.objects.all().delete()
    scraping.begin(target)
    assert run_due(only="scrape") == 1


def total(name: str) -> float:
    """The sum of everything that was added to a metric."""
    ids = Series.objects.filter(metric__name=name).values_list("pk", flat=True)
    return float(sum(WINDOWS[TIERS[-1].name].objects.filter(series__in=ids).values_list("sum", flat=True)))


def test_what_a_target_says_lands_with_right_values(target: Target, registry: CollectorRegistry) -> None:
    hits = Counter("hits", "Requests.", ["way"], registry=registry)
    level = Gauge("level", "A level.", registry=registry)
    Gauge("begun_timestamp_seconds", "When.", registry=registry)
    wait = Histogram("wait_seconds", "Waiting.", buckets=(0.1, 1, 10), registry=registry)
    size = Summary("size_bytes", "Sizes.", registry=registry)
    values = np.round(np.random.default_rng(5).lognormal(0, 1, 400) * 64) / 64
    for part in np.array_split(values, 2):
        for value in map(float, part):
            hits.labels("in").inc(3)
            wait.observe(value)
            size.observe(value)
        level.set(float(part[-1]))
        scrape(target)
    assert total("hits_total") == 1_200
    assert total("wait_seconds") == total("size_bytes_sum") == values.sum()
    assert total("size_bytes_count") == 400
    row = WINDOWS["1d"].objects.get(series__metric__name="wait_seconds")
    assert row.count == 400
    assert WINDOWS["1d"].objects.get(series__metric__name="level").last == values[-1]
    labels = Series.objects.get(metric__name="hits_total").labels
    assert labels == f'{{"instance":"127.0.0.1:{registry.port}","job":"shop","way":"in"}}'  # type: ignore[attr-defined]
    assert Metric.objects.get(name="hits_total").help == "Requests."
    units = dict(Metric.objects.values_list("name", "unit"))
    assert (units["wait_seconds"], units["size_bytes_sum"]) == ("seconds", "bytes")
    assert units["hits_total"] == units["size_bytes_count"] == units["begun_timestamp_seconds"] == ""


def test_the_next_time_is_put_and_a_target_that_is_away_is_said_to_be(target: Target) -> None:
    scrape(target)
    (job,) = waiting("scrape")
    assert job.args == {"target": target.pk}
    Target.objects.update(url=f"http://127.0.0.1:{free_port()}/metrics")
    target.refresh_from_db()
    scrape(target)
    target.refresh_from_db()
    assert "cannot be fetched" in target.error
    row = WINDOWS["1d"].objects.filter(series__metric__name="up").order_by("last_at").last()
    assert row is not None
    assert row.last == 0.0


def test_a_target_that_is_turned_off_is_left_alone(target: Target) -> None:
    Target.objects.update(enabled=False)
    scrape(target)
    assert not waiting("scrape")
    assert not Series.objects.exists()


def test_staff_name_targets_and_look_at_what_comes_in(alice: User, target: Target) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get())
    form = {"name": "other", "url": target.url, "interval": 30, "enabled": "on"}
    assert client.post("/admin/dashboard/target/add/", form).status_code == 302
    assert [job.args["target"] for job in waiting("scrape")] == [Target.objects.get(name="other").pk]
    scrape(target)
    for model in ("metric", "series", "deadletter", "board", "target"):
        assert client.get(f"/admin/dashboard/{model}/").status_code == 200
