"""A board that is left open for long: whatever goes away and comes back, its lines have no hole, double, or jump."""

import csv
import io
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.boards import BoardPage, fresh_metric, make_board, panel
from tests.browser.conftest import WIDE
from tests.browser.pages import Rooms
from tests.support.daemon import wait_until
from tests.support.installation import Installation
from tests.support.people import PASSWORD, Person
from tests.support.valkey import Valkey

BEFORE = 30  # seconds of history that the board begins with
AWAY = 30  # seconds without a network
BATCH = 100
PATIENCE = 60.0


class Gauge:
    """A program that measures each second, and sends it again until it is taken. Each second has a value of its own."""

    def __init__(self, url: str, person: Person) -> None:
        self.metric = fresh_metric()
        self._url, self._person = url, person
        self._due = int(time.time()) - BEFORE
        self._over = threading.Event()
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Gauge":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def measures(self, seconds: int) -> int:
        """Waits until it has measured for so many seconds more, and all of it is taken; returns up to which moment."""
        with self._more:
            wanted = int(time.time()) + seconds
            assert self._more.wait_for(lambda: self._due > wanted, seconds + PATIENCE)
            return wanted

    def _run(self) -> None:
        while not self._over.wait(1 - time.time() % 1):
            while (due := range(self._due, int(time.time())))[:BATCH] and self._send(due[:BATCH]):
                with self._more:
                    self._due = due[:BATCH].stop
                    self._more.notify_all()

    def _send(self, seconds: range) -> bool:
        samples = [{"name": self.metric, "value": value_at(second), "at": second + 0.5} for second in seconds]
        data = {"samples": samples, "batch": f"{self.metric} {seconds.start} {len(seconds)}"}
        try:
            taken = self._person.command(self._url, "metrics.push", **data)
        except (httpx.HTTPError, RuntimeError, ValueError):
            return False  # the server is away
        return bool(taken["rejected"] == [])


def value_at(second: int) -> int:
    return second % 1_000


@pytest.fixture(scope="module")
def valkey_of_its_own() -> Iterator[Valkey]:
    server = Valkey()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def site(valkey_of_its_own: Valkey) -> Iterator[Installation]:
    installation = Installation(1, valkey=valkey_of_its_own)
    try:
        installation.start()
        yield installation
    finally:
        installation.remove()


def test_a_board_left_live_has_a_complete_line_after_restarts_and_without_a_network(
    browser: Browser, site: Installation, valkey_of_its_own: Valkey
) -> None:
    (person,) = site.people(1, with_password=True)
    context = browser.new_context(base_url=site.urls[0], viewport=WIDE, accept_downloads=True)
    with context, Gauge(site.urls[0], person) as gauge:
        slug = make_board(site.urls[0], person, panel("a", gauge.metric, queries=[{"metric": gauge.metric}]))
        Rooms(page := context.new_page()).sign_in(person.name, PASSWORD)
        first = gauge.measures(2)
        board = BoardPage(Rooms(page)).open(slug, "?last=5m")
        live = page.locator(".live-words")
        expect(live).to_have_text("Live")
        gauge.measures(3)

        site.sites[0].stop()
        expect(live).not_to_have_text("Live")
        site.sites[0].start()
        expect(live).to_have_text("Live", timeout=PATIENCE * 1_000)
        gauge.measures(3)

        valkey_of_its_own.stop()
        valkey_of_its_own.start()
        gauge.measures(5)

        context.set_offline(True)
        expect(live).not_to_have_text("Live")
        gauge.measures(AWAY)
        context.set_offline(False)
        expect(live).to_have_text("Live", timeout=PATIENCE * 1_000)
        last = gauge.measures(3)

        wait_until(lambda: max(shown(board), default=0) >= last, PATIENCE, "what was measured last")
        seen = {second: value for second, value in shown(board).items() if second <= last}
        assert seen == asked(site.urls[0], person, slug, min(seen), last)
        assert min(seen) < first
        assert {later - earlier for earlier, later in pairwise(sorted(seen))} == {1}
        assert seen == {second: value_at(second) for second in seen}


def shown(board: BoardPage) -> dict[int, float]:
    """What the chart has of each second, as its file says."""
    board.panel("a").hover()
    board.panel("a").locator("[data-panel-menu]").click()
    with board.page.expect_download() as started:
        board.page.locator("#panel-menu [data-do=csv]").click()
    rows = list(csv.reader(io.StringIO(started.value.path().read_text())))[1:]
    found = {int(datetime.fromisoformat(at).timestamp()): float(value) for at, value in rows}
    assert len(found) == len(rows)
    return found


def asked(url: str, person: Person, slug: str, start: int, last: int) -> dict[int, float]:
    """The same, as the server says it."""
    with person.http(url) as http:
        data = http.get(f"/api/v1/boards/{slug}/data", params={"from": start, "to": last + 1}).json()
    return dict(data["panels"]["a"][0]["points"])
