"""kill -9 of real processes: of the one that closes windows, and of one that takes measurements in."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.people import Person
from tests.support.postgres import Postgres
from tests.support.site import Site
from tests.support.valkey import Valkey

FAILOVER_SECONDS = 5.0
PANEL = {"id": "hits", "type": "line", "queries": [{"metric": "hits", "fn": "increase"}]}


@pytest.fixture
def place(postgres: Postgres, valkey: Valkey) -> Iterator[Installation]:
    installation = Installation(2, postgres, valkey)
    installation.start()
    yield installation
    installation.remove()


def leader_of(place: Installation) -> Site | None:
    found = [site for site in place.sites if site.running and site.metrics()["watchroom_ticker_leads"]]
    return found[0] if found else None


def ticks(person: Person, site: Site, slug: str) -> list[dict[str, Any]]:
    with person.http(site.url) as http:
        answer = http.get(f"/api/v1/streams/board.{slug}/events", params={"limit": 500}).raise_for_status()
    return [event for event in answer.json()["events"] if event["type"] == "board.tick"]


@pytest.mark.heavy
def test_another_process_closes_windows_when_the_leader_is_killed(place: Installation) -> None:
    (person,) = place.people(1)
    board = person.command(place.urls[0], "board.create", title="Killed", panels=[PANEL])["slug"]
    with person.http(place.urls[0]) as http:
        http.get(f"/api/v1/boards/{board}/data").raise_for_status()
    wait_until(lambda: leader_of(place) is not None, 15, "somebody to lead")
    leader = leader_of(place)
    assert leader is not None
    wait_until(lambda: len(ticks(person, leader, board)) >= 3, 15, "ticks")
    leader.kill()
    survivor = next(site for site in place.sites if site.running)
    before = len(ticks(person, survivor, board))
    wait_until(lambda: len(ticks(person, survivor, board)) >= before + 6, 20, "ticks of the next leader")
    told = ticks(person, survivor, board)
    windows = [event["data"]["t"] for event in told if not event["data"]["revised"]]
    assert windows == list(range(windows[0], windows[0] + len(windows)))
    moments = [datetime.fromisoformat(event["at"]).timestamp() for event in told]
    assert max(after - at for at, after in pairwise(moments)) < FAILOVER_SECONDS


@pytest.mark.heavy
def test_what_was_acknowledged_is_there_when_the_process_that_took_it_is_killed(place: Installation) -> None:
    (person,) = place.people(1)
    board = person.command(place.urls[0], "board.create", title="Killed", panels=[PANEL])["slug"]
    first, second = place.sites
    at = time.time() - 60
    for n in range(120):
        if n == 60:
            first.kill()
        sample = {"name": "hits", "kind": "counter", "value": n, "at": at + n / 10}
        for site in (first, second):  # as a sender does that has two addresses
            try:
                taken = person.command(site.url, "metrics.push", samples=[sample], batch=f"b{n}")
            except httpx.HTTPError:
                continue
            assert taken["accepted"] == 1
    with person.http(second.url) as http:
        found = http.get(
            f"/api/v1/boards/{board}/data", params={"from": at - 5, "to": at + 20, "width": 100}
        ).json()
    (line,) = found["panels"]["hits"]
    assert sum(value for _, value in line["points"]) == sum(range(120))
