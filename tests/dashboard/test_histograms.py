"""What a histogram may say: nothing, too much, and what no sketch has room for. None of it costs any other sample."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from dashboard.ingest import exposition, otlp
from dashboard.ingest.exposition import Scrape
from dashboard.ingest.points import BUCKETS_PER_SAMPLE, Result, Sender
from dashboard.ingest.series import Catalogue, Vanished
from dashboard.ingest.writing import write
from dashboard.models import Metric
from dashboard.panels import Panel
from dashboard.queries import boards
from project.accounts.actions import issue_token
from project.accounts.models import User
from project.realtime import limits
from tests.dashboard.conftest import WINDOWS

SENDER = Sender(own="test")
DELTA = 1
FUNCTIONS = ("avg", "p95", "moving_avg", "rate")


def send(form: str, **point: Any) -> Result:
    """One histogram, and a level beside it."""
    now = {"timeUnixNano": str(int((time.time() - 5) * 1e9))}
    told = {"aggregationTemporality": DELTA, "dataPoints": [{**now, **point}]}
    metrics = [
        {"name": "wait", "unit": "s\x00", "description": "How\x00 long.", form: told},
        {"name": "level", "gauge": {"dataPoints": [{**now, "asDouble": 1.0}]}},
    ]
    body = json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]}).encode()
    (result,) = write([otlp.push_of(SENDER, otlp.request_of(body, as_json=True))])
    return result


def test_one_that_has_counted_nothing_is_taken_and_leaves_nothing(transactional_db: None) -> None:
    assert send("histogram", count="0", sum=0, bucketCounts=["0", "0"], explicitBounds=[1.0]).accepted == 2
    assert WINDOWS["1s"].objects.filter(series__metric__name="wait").count() == 0
    queries = [{"metric": "wait", "fn": fn} for fn in FUNCTIONS]
    panel = Panel.model_validate({"id": "a", "type": "line", "queries": queries})
    now = time.time()
    assert boards.data([panel], now - 60, now, 1_000)["panels"]["a"]


@pytest.mark.parametrize(
    ("form", "point", "reason"),
    [
        ("histogram", {"count": "2", "bucketCounts": ["1", "1"], "explicitBounds": [1e300]}, "too_large"),
        ("histogram", {"count": "2", "bucketCounts": ["1", "1"], "explicitBounds": ["NaN"]}, "not_finite"),
        ("histogram", {"count": "2", "bucketCounts": ["1"] * 5_001}, "too_large"),
        ("histogram", {"count": str(2**63)}, "too_large"),
        ("histogram", {"count": "3", "bucketCounts": ["1"] * 3, "explicitBounds": [1.0]}, "value"),
        ("histogram", {"count": "3", "bucketCounts": ["1"] * 3, "explicitBounds": [2.0, 1.0]}, "value"),
        ("histogram", {"count": "4", "bucketCounts": ["1", "2"], "explicitBounds": [1.0]}, "value"),
        ("histogram", {"count": "4", "bucketCounts": ["0", "0"], "explicitBounds": [1.0]}, "value"),
        (
            "exponentialHistogram",
            {"count": "4", "zeroCount": "1", "positive": {"bucketCounts": ["2"]}},
            "value",
        ),
        ("histogram", {"count": "1", "timeUnixNano": "0"}, "time"),
        ("exponentialHistogram", {"count": "1", "positive": {"bucketCounts": ["1"] * 5_001}}, "too_large"),
        ("exponentialHistogram", {"count": "1", "zeroCount": str(2**60)}, "too_large"),
        ("exponentialHistogram", {"count": "1", "scale": -5_000}, "too_large"),
    ],
)
def test_one_that_cannot_be_taken_has_a_reason_and_costs_no_other(
    form: str, point: dict[str, Any], reason: str, transactional_db: None
) -> None:
    result = send(form, **point)
    assert [one.reason for one in result.rejected] == [reason]
    assert result.accepted == 1


def test_one_that_does_not_say_its_sum_has_what_its_buckets_make_of_it(transactional_db: None) -> None:
    assert send("histogram", count="4", bucketCounts=["0", "4", "0"], explicitBounds=[10, 20]).accepted == 2
    assert WINDOWS["1s"].objects.get(series__metric__name="wait").sum == 60


@pytest.mark.parametrize(
    ("resource", "agent"),
    [
        ({"service.name": "shop"}, ""),
        ({"service.name": "shop", "host.name": "h1"}, "shop h1"),
        ({"service.namespace": "eu", "service.instance.id": "i1", "host.name": "h1"}, "eu i1"),
    ],
)
def test_what_a_resource_calls_itself_tells_apart_those_that_share_a_token(
    resource: dict[str, str], agent: str
) -> None:
    attributes = [{"key": name, "value": {"stringValue": value}} for name, value in resource.items()]
    level = {"name": "level", "gauge": {"dataPoints": [{"timeUnixNano": "1", "asDouble": 1}, {}]}}
    told = {"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": [level]}]}
    push = otlp.push_of(
        SENDER, otlp.request_of(json.dumps({"resourceMetrics": [told]}).encode(), as_json=True)
    )
    assert [one.agent for one in (*push.points, *push.rejected)] == [agent, agent]


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"{"])
def test_what_is_no_request_is_not_taken_for_an_empty_one(body: bytes) -> None:
    with pytest.raises(otlp.Unreadable):
        otlp.request_of(body, as_json=True)


def test_one_with_many_buckets_is_counted_as_the_samples_that_take_as_long(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.time, "monotonic", lambda: 1_000.0)
    settings.LIMIT_SAMPLES_PER_SECOND = 20
    _, secret = issue_token(alice, "sdk", scopes=["metrics"])
    client = Client(headers={"authorization": f"Bearer {secret}"})
    now = str(int(time.time() * 1e9))
    for buckets, status in ((100 * BUCKETS_PER_SAMPLE, 200), (110 * BUCKETS_PER_SAMPLE, 429)):
        point = {"timeUnixNano": now, "count": str(buckets), "bucketCounts": ["1"] * buckets}
        point |= {"explicitBounds": list(range(1, buckets))}
        told = {"name": "wait", "histogram": {"aggregationTemporality": DELTA, "dataPoints": [point]}}
        body = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [told]}]}]}
        assert client.post("/v1/metrics", body, content_type="application/json").status_code == status


def test_what_is_written_again_after_a_series_vanished_counts_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A distribution is spread before the transaction, which may have to begin anew."""
    locks = [Vanished()]

    def lock(catalogue: Catalogue) -> Any:
        windows = real(catalogue)
        if locks:
            raise locks.pop()
        return windows

    real = Catalogue.lock
    monkeypatch.setattr(Catalogue, "lock", lock)
    now = {"count": "3", "sum": 5.0, "bucketCounts": ["1", "2"], "explicitBounds": [1.0]}
    assert send("histogram", **now).accepted == 2
    assert WINDOWS["1d"].objects.get(series__metric__name="wait").count == 3


def test_values_beyond_every_bin_are_counted_all_the_same(transactional_db: None) -> None:
    point = {"count": "1", "sum": 0, "scale": 0, "positive": {"offset": 950, "bucketCounts": ["1"]}}
    assert send("exponentialHistogram", **point).accepted == 2
    assert WINDOWS["1s"].objects.get(series__metric__name="wait").count == 1


def test_words_about_a_metric_are_kept_without_what_no_database_takes(transactional_db: None) -> None:
    send("histogram", count="0")
    metric = Metric.objects.get(name="wait")
    assert (metric.unit, metric.help) == ("s", "How long.")


@pytest.mark.parametrize(
    ("buckets", "reason"),
    [
        ({"1": 5, "1e308": 7, "+Inf": 7}, "too_large"),
        ({"1": 5, "+Inf": 3}, "value"),
        ({"often": 5, "+Inf": 7}, "labels"),
        ({"1": 5, "+Inf": 1e30}, "too_large"),
    ],
)
def test_of_a_target_too(buckets: dict[str, float], reason: str) -> None:
    lines = [f'wait_bucket{{le="{bound}"}} {count}' for bound, count in buckets.items()]
    text = "\n".join(["# TYPE wait histogram", *lines, "wait_sum 9", "# TYPE level gauge", "level 1", ""])
    families = text_string_to_metric_families(text)
    push = exposition.push_of(SENDER, "scrape", families, Scrape({}, time.time()))
    assert [one.reason for one in push.rejected] == [reason]
    assert [point.name for point in push.points] == ["level"]
