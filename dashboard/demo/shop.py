"""What the shop measures at any second. The same second has the same values, whenever it is asked for."""

import math
from collections.abc import Iterator, Mapping
from random import Random
from typing import NamedTuple

from dashboard.models import Kind

DAY = 86_400
BUSIEST = 50_000  # seconds after midnight UTC
BLOCK = 18_000  # seconds; each has one incident
REGIONS = {"fra": 42.0, "iad": 31.0, "bom": 17.0}  # and their checkouts a second, on average
SECONDS = {"fra": 0.18, "iad": 0.22, "bom": 0.31}  # that a checkout takes there
SERVICES = ("checkout", "search", "billing", "sessions")
QUEUES = {"mail": 14.0, "invoices": 5.0}
SHOWN = 4  # durations a second that are measured of all those in a region
SHOWN_MAX = 20  # of them at once, for any number of seconds

REQUESTS, ERRORS, DURATION = "shop_checkouts", "shop_checkout_errors", "shop_checkout_seconds"
QUEUE, UP = "shop_queue_length", "shop_service_up"


class Description(NamedTuple):
    """What a metric is, as a sender says it."""

    kind: Kind
    unit: str = ""


METRICS = {
    REQUESTS: Description(Kind.COUNTER),
    ERRORS: Description(Kind.COUNTER),
    DURATION: Description(Kind.GAUGE, "seconds"),
    QUEUE: Description(Kind.GAUGE),
    UP: Description(Kind.GAUGE),
}


class Incident(NamedTuple):
    """A region in trouble, from one Unix second to another."""

    region: str
    start: int
    end: int


class Sample(NamedTuple):
    """One measurement."""

    name: str
    labels: Mapping[str, str]
    value: float


def incident_of(second: int) -> Incident:
    """The incident of the block of time that this second belongs to."""
    block = second // BLOCK
    chance = Random(block)
    start = block * BLOCK + chance.randrange(BLOCK - 900)
    return Incident(chance.choice(list(REGIONS)), start, start + chance.randrange(240, 600))


def samples(second: int, *, seconds: int = 1, incident: Incident | None = None) -> Iterator[Sample]:
    """What is measured in this second, counters for as many `seconds`; in an `incident` of its own if one is given."""
    chance = Random(second)
    troubles = [incident_of(second)] + ([incident] if incident else [])
    busy = 0.55 + 0.45 * math.cos((second - BUSIEST) % DAY / DAY * math.tau)
    ill = {one.region: _severity(one, second) for one in troubles if one.start <= second < one.end}
    for region, usual in REGIONS.items():
        trouble = ill.get(region, 0.0)
        where = {"region": region}
        count = round(seconds * usual * busy * (1 + chance.uniform(-0.15, 0.15) / math.sqrt(seconds)))
        yield Sample(REQUESTS, where, count)
        failing = count * (0.002 + 0.06 * trouble) * chance.uniform(0.6, 1.4)
        yield Sample(ERRORS, where, int(failing + chance.random()))
        for _ in range(min(SHOWN * seconds, SHOWN_MAX)):
            yield Sample(
                DURATION, where, SECONDS[region] * (1 + 7 * trouble) * chance.lognormvariate(0, 0.35)
            )
    worst = max(ill.values(), default=0.0)
    for queue, usual in QUEUES.items():
        yield Sample(
            QUEUE, {"queue": queue}, round(usual * busy * chance.uniform(0.7, 1.3) * (1 + 9 * worst))
        )
    for service in SERVICES:
        down = service == "checkout" and worst > 0.95 and chance.random() < 0.5
        yield Sample(UP, {"service": service}, 0.0 if down else 1.0)


def _severity(incident: Incident, second: int) -> float:
    """From 0 to 1 and back: it begins fast and ends slowly."""
    passed = (second - incident.start) / (incident.end - incident.start)
    return min(1.0, passed / 0.15) if passed < 0.7 else (1 - passed) / 0.3
