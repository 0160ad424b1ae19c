"""A program that sends measurements in every way there is, out of order and late, some of them twice.

python -m tests.dashboard.agents URL TOKEN SEED NOW PORT

It says "sent" when everything was acknowledged, and serves its Prometheus exposition on PORT until its input ends.
"""

import sys
from collections.abc import Sequence

import httpx
import numpy as np
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    InMemoryMetricReader,
    MetricExportResult,
    MetricsData,
)
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client import Counter as PrometheusCounter
from prometheus_client import Histogram as PrometheusHistogram

from tests.dashboard.test_concurrency import PARTS, samples_of

TEMPORALITIES = ("DELTA", "CUMULATIVE")
EXPORTS, RECORDED = 8, 60  # how often one SDK exports, and the values in between
FINE = 1_000  # buckets, so that they are narrower than what a sketch is off by
AGAIN = 3  # every so manieth is sent twice, as after a broken connection


def recorded(seed: int, temporality: str) -> np.ndarray:
    """What one SDK records: the same for the same seed."""
    random = np.random.default_rng([seed, TEMPORALITIES.index(temporality)])
    return np.round(random.lognormal(3, 1, (EXPORTS, RECORDED)) * PARTS) / PARTS


def export(url: str, bearer: dict[str, str], seed: int, temporality: str) -> None:
    """Everything that an SDK has collected, in another order than it was."""
    collected = _collected(seed, temporality)
    exporter = OTLPMetricExporter(f"{url}/v1/metrics", headers=bearer, compression=Compression.Gzip)
    for number in np.random.default_rng(seed).permutation(EXPORTS):
        for _ in range(2 if number % AGAIN == 0 else 1):
            assert exporter.export(collected[number]) is MetricExportResult.SUCCESS


def _collected(seed: int, temporality: str) -> Sequence[MetricsData]:
    wanted = AggregationTemporality[temporality]
    reader = InMemoryMetricReader({Counter: wanted, Histogram: wanted})
    resource = Resource({"service.name": "shop", "service.instance.id": f"{seed} {temporality}"})
    fine = View(instrument_name="sdk.fine", aggregation=ExponentialBucketHistogramAggregation(max_size=FINE))
    provider = MeterProvider([reader], resource=resource, views=[fine])
    meter = provider.get_meter("test")
    hits, level, change = (
        meter.create_counter("sdk.hits"),
        meter.create_gauge("sdk.level"),
        meter.create_up_down_counter("sdk.change"),
    )
    histograms = [meter.create_histogram("sdk.fine"), meter.create_histogram("sdk.coarse")]
    found = []
    for part in recorded(seed, temporality):
        for value in map(float, part):
            hits.add(value, {"way": "in"})
            change.add(-1)
            for histogram in histograms:
                histogram.record(value)
        level.set(float(part[-1]))
        data = reader.get_metrics_data()
        assert data is not None
        found.append(data)
    provider.shutdown()
    return found


def push(url: str, bearer: dict[str, str], seed: int, now: float) -> None:
    """Samples of the last hour, in no order."""
    with httpx.Client(base_url=url, headers=bearer, timeout=30, trust_env=False) as http:
        for number, samples in enumerate(samples_of(seed, now)):
            for _ in range(2 if number % AGAIN == 0 else 1):
                body = {"samples": samples, "batch": f"{seed}/{number}"}
                answer = http.post("/api/v1/commands/metrics.push", json=body).raise_for_status()
                assert answer.json()["data"] == {"accepted": len(samples), "rejected": []}


def main() -> None:
    url, token, seed, now, port = sys.argv[1:]
    bearer = {"Authorization": f"Bearer {token}"}
    registry = CollectorRegistry()
    hits = PrometheusCounter("prom_hits", "Requests.", registry=registry)
    waits = PrometheusHistogram("prom_wait", "Waiting.", buckets=(1, 10, 100), registry=registry)
    start_http_server(int(port), "127.0.0.1", registry)
    for temporality in TEMPORALITIES:
        for value in map(float, recorded(int(seed), temporality).flat):
            hits.inc(value)
            waits.observe(value)
        export(url, bearer, int(seed), temporality)
    push(url, bearer, int(seed), float(now))
    print("sent", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
