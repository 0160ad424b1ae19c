"""Three browsers and twenty scripted clients in one room, on two processes, whatever may break meanwhile."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.crowd import Crowd
from tests.browser.pages import Rooms
from tests.support.conversation import make_clients
from tests.support.installation import Installation
from tests.support.people import PASSWORD, Person
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

pytestmark = pytest.mark.fault

CLIENTS, BROWSERS = 20, 3
MESSAGES = 2_000  # at least
STEADY = 60  # messages of the crowd between one thing and the next
SETTLE_MS = 60_000
POSTGRES_AWAY = 10.0  # seconds
NETWORK_AWAY = 30.0  # seconds: several heartbeats of these installations, so the server gives up too

# What the page shows, from the newest message back.
ROWS = """() => [...document.querySelectorAll('#entries .entry')].map((row) => [
    Number(row.dataset.seq),
    row.classList.contains('is-deleted') ? null : row.querySelector('.message-body').textContent.trim(),
    [...row.querySelectorAll('.reaction')].map((button) => button.dataset.users),
])"""


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """One that may be stopped."""
    server = Postgres()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """One that may be killed."""
    server = Valkey()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def two_processes(postgres: Postgres, valkey: Valkey) -> Iterator[Installation]:
    installation = Installation(2, postgres, valkey)
    try:
        installation.start()
        yield installation
    finally:
        installation.remove()


class Watchers:
    """People at browsers, who also say something now and then."""

    def __init__(self, tabs: list[Rooms]) -> None:
        self.tabs = tabs
        self.said: list[str] = []
        self._numbers = itertools.count(1)

    def say(self) -> None:
        for place, tab in enumerate(self.tabs):
            text = f"browser {place} says {next(self._numbers)}"
            tab.send_message(text)
            self.said.append(text)

    def settle(self) -> None:
        """Wait until everything that was said is in the room, and not only in somebody's outbox."""
        for tab in self.tabs:
            expect(tab.pending).to_have_count(0, timeout=SETTLE_MS)
            tab.see_connection("Live", within=SETTLE_MS)

    def see(self, messages: list[dict[str, Any]]) -> None:
        """Each page shows the newest messages as they are, none missing and none twice."""
        truth = [
            [
                message["seq"],
                None if message["deleted_at"] else message["body"],
                [" ".join(map(str, reaction["users"])) for reaction in message["reactions"]],
            ]
            for message in messages
        ]
        same = f"(truth) => {{ const rows = ({ROWS})(); return rows.length >= 50 && "
        same += "JSON.stringify(truth.slice(-rows.length)) === JSON.stringify(rows) }"
        for tab in self.tabs:
            try:
                tab.page.wait_for_function(same, arg=truth, timeout=SETTLE_MS)
            except Exception:
                shown = tab.page.evaluate(ROWS)
                assert shown == truth[-len(shown) :], json.dumps(shown[-5:])
                raise


@pytest.fixture
def talk(two_processes: Installation, browser: Browser) -> Iterator[tuple[Crowd, Watchers, Person]]:
    """A room in which clients talk and browsers look on, at both processes; and one of its people."""
    people = two_processes.people(CLIENTS + BROWSERS, with_password=True)
    room = two_processes.room(people)
    with ExitStack() as stack:
        tabs = []
        for person, url in zip(people[CLIENTS:], itertools.cycle(two_processes.urls), strict=False):
            tab = Rooms(stack.enter_context(browser.new_context(base_url=url)).new_page())
            tab.sign_in(person.name, PASSWORD)
            tab.open_room(room)
            tabs.append(tab)
        clients = make_clients(people[:CLIENTS], two_processes.urls, room)
        crowd = stack.enter_context(Crowd(clients, two_processes.sites[0].port))
        yield crowd, Watchers(tabs), people[0]


def test_two_thousand_messages_look_the_same_everywhere_while_everything_breaks_in_turn(
    talk: tuple[Crowd, Watchers, Person], two_processes: Installation, postgres: Postgres, valkey: Valkey
) -> None:
    crowd, watchers, reader = talk
    first, second = two_processes.sites

    def go_on() -> None:
        watchers.say()
        crowd.progress(STEADY)

    go_on()
    crowd.cut()
    mended = time.monotonic() + NETWORK_AWAY
    valkey.kill()
    go_on()
    valkey.start()
    go_on()
    first.kill()
    go_on()
    first.start()
    go_on()
    postgres.stop()
    watchers.say()  # into their outboxes
    time.sleep(POSTGRES_AWAY)  # the outage itself
    postgres.start()
    go_on()
    offline = watchers.tabs[0]
    offline.go_offline()
    go_on()
    offline.go_online()
    while time.monotonic() < mended:
        go_on()
    crowd.mend()
    go_on()
    for site in (first, second):
        assert site.stop() == 0
        go_on()
        site.start()
        go_on()
    crowd.finish(MESSAGES)
    watchers.settle()
    watchers.see(crowd.check(second.url, reader, watchers.said))
