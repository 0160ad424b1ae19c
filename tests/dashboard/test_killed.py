"""kill -9 of real processes: of the one that closes windows, and of one that takes measurements in."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import cycle, pairwise
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.people import Person
from tests.support.postgres import Postgres
from tests.support.site import Site
from tests.support.valkey import Valkey

FAILOVER_SECONDS = 20.0  # of a lease of three and a beat each second: room for a busy machine
AGENTS, BATCHES, SAMPLES = 4, 60, 20
PANEL = {"id": "hits", "type": "line", "queries": [{"metric": "hits", "fn": "increase"}]}


@pytest.fixture
def place(postgres: Postgres, valkey: Valkey) -> Iterator[Installation]:
    installation = Installation(3, postgres, valkey)
    installation.start()
    yield installation
    installation.remove()


def found_leader(place: Installation) -> Site:
    found: list[Site] = []

    def look() -> bool:
        found.extend(
            site for site in place.sites if site.running and site.metrics()["watchroom_ticker_leads"]
        )
        return bool(found)

    wait_until(look, 60, "somebody to lead")
    return found[0]


def ticks(person: Person, site: Site, slug: str) -> list[dict[str, Any]]:
    with person.http(site.url) as http:
        answer = http.get(f"/api/v1/streams/board.{slug}/events", params={"limit": 500}).raise_for_status()
    return [event for event in answer.json()["events"] if event["type"] == "board.tick"]


@pytest.mark.heavy
def test_others_close_windows_when_one_leader_after_the_other_is_killed(place: Installation) -> None:
    (person,) = place.people(1)
    board = person.command(place.urls[0], "board.create", title="Killed", panels=[PANEL])["slug"]
    with person.http(place.urls[0]) as http:
        http.get(f"/api/v1/boards/{board}/data").raise_for_status()
    survivor = place.sites[0]
    for _ in place.sites[1:]:
        leader = found_leader(place)
        before = len(ticks(person, leader, board))
        wait_until(lambda site=leader, n=before: len(ticks(person, site, board)) >= n + 3, 60, "ticks")
        leader.kill()
        survivor = next(site for site in place.sites if site.running)
        before = len(ticks(person, survivor, board))
        wait_until(
            lambda site=survivor, n=before: len(ticks(person, site, board)) >= n + 6,
            60,
            "ticks of the next leader",
        )
    told = ticks(person, survivor, board)
    windows = [event["data"]["t"] for event in told if not event["data"]["revised"]]
    assert windows == list(range(windows[0], windows[0] + len(windows)))
    moments = [datetime.fromisoformat(event["at"]).timestamp() for event in told]
    assert max(after - at for at, after in pairwise(moments)) < FAILOVER_SECONDS


class Agent(Thread):
    """Pushes batches that must be acknowledged; one that was not goes to the next process, the same again."""

    def __init__(self, place: Installation, person: Person, number: int, at: float) -> None:
        super().__init__()
        self._place, self._person, self._number, self._at = place, person, number, at
        self.acknowledged = 0
        self.retried = 0

    def run(self) -> None:
        sites = cycle(self._place.urls)
        for n in range(BATCHES):
            samples = [
                {"name": "hits", "kind": "counter", "value": n, "at": self._at + (n + m) % 30}
                for m in range(SAMPLES)
            ]
            while True:
                try:
                    found = self._person.command(
                        next(sites), "metrics.push", samples=samples, batch=f"{self._number}/{n}"
                    )
                except httpx.HTTPError:
                    self.retried += 1
                    continue
                assert found["accepted"] == SAMPLES
                break
            self.acknowledged += 1


@pytest.mark.heavy
def test_what_was_acknowledged_is_there_once_when_processes_that_take_it_are_killed(
    place: Installation,
) -> None:
    (person,) = place.people(1)
    board = person.command(place.urls[0], "board.create", title="Killed", panels=[PANEL])["slug"]
    at = float(int(time.time()) - 60)
    agents = [Agent(place, person, number, at) for number in range(AGENTS)]
    for agent in agents:
        agent.start()
    for part, site in enumerate(place.sites[:-1], 1):
        due = AGENTS * BATCHES * part // len(place.sites)
        wait_until(lambda due=due: sum(agent.acknowledged for agent in agents) >= due, 60, "pushes")
        site.kill()  # in the middle of what it takes in
    for agent in agents:
        agent.join()
    assert sum(agent.acknowledged for agent in agents) == AGENTS * BATCHES
    assert any(agent.retried for agent in agents)
    with person.http(place.urls[-1]) as http:
        found = http.get(
            f"/api/v1/boards/{board}/data", params={"from": at - 5, "to": at + 40, "width": 100}
        ).json()
    (line,) = found["panels"]["hits"]
    assert sum(value for _, value in line["points"]) == AGENTS * SAMPLES * sum(range(BATCHES))
