"""The verbs of a person at their inbox, on whatever page they are."""

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Rooms
from tests.support.people import Person

_numbers = count(1)


def tell(url: str, person: Person, title: str, **more: Any) -> None:
    """A program tells somebody something, over the API."""
    with person.http(url) as http:
        notice = {"person": person.name, "title": title, **more}
        http.post("/api/v1/notify", json=notice).raise_for_status()


class Inbox:
    """One tab of somebody's browser, and the notifications in it."""

    def __init__(self, tab: Rooms) -> None:
        self.tab = tab

    @property
    def page(self) -> Page:
        return self.tab.page

    def open(self, path: str = "/notifications/") -> "Inbox":
        self.tab.open(path)
        self.be_live()
        return self

    def be_live(self) -> None:
        """The page has started, and what happens from now on reaches it."""
        self.tab.be_ready()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def row(self, title: str) -> Locator:
        return self.page.locator(".note", has=self.page.locator(".note-title", has_text=title))

    def current(self) -> Locator:
        return self.page.locator(".note.is-current .note-title")

    def tick(self, *titles: str) -> None:
        for title in titles:
            self.row(title).locator("[data-tick]").check()

    def open_drawer(self) -> Locator:
        self.page.locator("[data-bell]:visible").first.click()
        drawer = self.page.locator("#bell-drawer")
        expect(drawer).to_be_visible()
        return drawer

    # --- Seeing

    def see(self, *titles: str) -> None:
        """Exactly these, in this order."""
        expect(self.page.locator(".note-title")).to_have_text(list(titles))

    def see_unread(self, number: int) -> None:
        counts = self.page.locator("[data-bell]:visible .bell-count")
        if number:
            expect(counts.first).to_have_text(str(number))
        else:
            expect(counts.first).to_be_hidden()

    def see_said(self, text: str) -> None:
        expect(self.page.locator(".notice-said .notice-text")).to_have_text(text)

    def see_title(self, start: str) -> None:
        expect(self.page).to_have_title(re.compile("^" + re.escape(start)))

    def see_ticked(self, *titles: str) -> None:
        expect(self.page.locator(".note.is-ticked .note-title")).to_have_text(list(titles))


def titles(number: int) -> Sequence[str]:
    """So many that no test has used."""
    return [f"Notice {next(_numbers)}." for _ in range(number)]
