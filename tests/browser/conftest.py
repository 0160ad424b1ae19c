"""A site of its own, a browser, and people who use it. No page may log an error or break its policy."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Playwright, expect, sync_playwright

from tests.browser.pages import Rooms
from tests.browser.refusing_proxy import RefusingProxy
from tests.support import chromium
from tests.support.installation import Installation
from tests.support.people import Person

PATIENCE_MS = 60_000
"""Until something that should happen has not: longer than the slowest way back to a WebSocket."""
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """One process on SQLite, as a fresh clone runs it."""
    installation = Installation(1)
    try:
        installation.start()
        yield installation
    finally:
        installation.remove()


@pytest.fixture(scope="session")
def url(installation: Installation) -> str:
    return installation.urls[0]


@dataclass(frozen=True)
class Cast:
    """Alice owns the rooms, bob is a member, carol is asked to nothing."""

    alice: Person
    bob: Person
    carol: Person


@pytest.fixture(scope="session")
def cast(installation: Installation) -> Cast:
    return Cast(*installation.people(3, with_password=True))


@pytest.fixture
def room(installation: Installation, cast: Cast) -> int:
    """A fresh closed room of alice and bob."""
    return installation.room([cast.alice, cast.bob])


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    yield from _launch(playwright, chromium.find())


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """One that can be pushed to."""
    yield from _launch(playwright, chromium.find(whole=True))


def _launch(playwright: Playwright, program: str | None) -> Iterator[Browser]:
    if not program:
        pytest.skip("needs Chromium")
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def without_websocket(installation: Installation) -> Iterator[str]:
    """The site behind a proxy that refuses to upgrade."""
    with RefusingProxy(installation.sites[0].port) as proxy:
        yield proxy.url


class Complaints:
    """What pages said on their consoles that nobody should have to read there."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.expected: tuple[str, ...] = ()

    def expect(self, *parts: str) -> None:
        """The test provokes messages with one of these parts in them."""
        self.expected += parts

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(f"uncaught: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.heard if not any(part in text for part in self.expected)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected == []


Browse = Callable[..., Rooms]


@pytest.fixture(scope="session")
def signed_in(url: str) -> Callable[[Person], dict[str, str]]:
    """The cookies of somebody who has signed in; all their browsers here share the session."""
    return cache(lambda person: person.cookies(url))


@pytest.fixture
def browse(
    browser: Browser, url: str, complaints: Complaints, signed_in: Callable[[Person], dict[str, str]]
) -> Iterator[Browse]:
    """`browse(person)`: a browser of that person's own, signed in, with one tab. Options are the context's."""
    with ExitStack() as contexts:

        def open_browser(person: Person | None, **options: Any) -> Rooms:
            usual = {"base_url": url, "viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC"}
            context = browser.new_context(**{**usual, **options})
            contexts.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            complaints.listen(context)
            if person:
                cookies = signed_in(person).items()
                context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies])
            return Rooms(context.new_page())

        yield open_browser
