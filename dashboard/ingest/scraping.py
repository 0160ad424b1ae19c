"""Prometheus' text, fetched from the targets that staff have named, each by a job that puts the next one."""

import time
from datetime import timedelta
from types import ModuleType
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from dashboard.models import Target
from project.jobs import queue
from project.jobs.registry import job
from project.jobs.running import Running

from . import exposition
from .exposition import Scrape
from .fetching import Failed, fetch
from .points import Point, Push, Sender, canonical
from .writing import write

PATIENT = 50
"""Attempts for what only a database that is away can stop: half a day."""

OPEN_METRICS = "application/openmetrics-text"
ACCEPTED = f"{OPEN_METRICS};version=1.0.0,text/plain;version=0.0.4;q=0.5"
"""OpenMetrics says when a total began, so the first one counts; the older text does not."""


def begin(target: Target) -> None:
    """Has a target fetched from now on, in the caller's transaction. Nothing happens to one that is fetched already."""
    queue.put("scrape", {"target": target.pk}, key=f"scrape.{target.pk}")


@job("scrape", max_attempts=PATIENT)
def scrape(running: Running) -> None:
    """Fetches a target once and puts the next time; one that was removed or turned off is left alone."""
    target = Target.objects.filter(pk=running.args["target"], enabled=True).first()
    if target is None:
        return
    now, error = time.time(), ""
    try:
        push = fetched(target, now)
    except Failed as failure:
        push, error = Push(_sender(target), "scrape", []), str(failure)[:300]
    push.points.append(Point(len(push.points), "up", canonical(_labels(target)), now, float(not error)))
    push.batch = f"scrape {running.id} {running.attempt}"
    write([push])
    with transaction.atomic():
        Target.objects.filter(pk=target.pk).update(last_at=timezone.now(), error=error)
        due = timezone.now() + timedelta(seconds=target.interval)
        queue.put("scrape", running.args, key=f"scrape.{target.pk}", due=due)
        running.finish()


def fetched(target: Target, now: float) -> Push:
    """What a target says.

    Raises Failed.
    """
    page = fetch(target.url, {"Accept": ACCEPTED})
    try:
        families = list(_parser_of(page.type).text_string_to_metric_families(page.body.decode()))
    except (ValueError, KeyError, IndexError) as error:
        raise Failed(f"This is not Prometheus' text: {error}") from error
    return exposition.push_of(_sender(target), "scrape", families, Scrape(_labels(target), now))


def _parser_of(content_type: str) -> ModuleType:
    return openmetrics_parser if content_type.startswith(OPEN_METRICS) else parser


def _labels(target: Target) -> dict[str, str]:
    place = urlsplit(target.url).netloc.rpartition("@")[2]  # not the name and password to get in with
    return {"job": target.name, "instance": place}


def _sender(target: Target) -> Sender:
    return Sender(own=f"target {target.pk}")
