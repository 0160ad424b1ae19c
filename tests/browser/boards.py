"""The verbs of a person at a board, and of a program that measures."""

import time
from itertools import count
from typing import Any

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.pages import Rooms
from tests.support.daemon import wait_until
from tests.support.people import Person

_numbers = count(1)

HOSTS = ("web-1", "web-2", "web-3")
PATIENCE = 60.0  # seconds until a chart that is made anew is there, or shows what is measured
BATCH = 300  # samples: well below what a command may hold
AGAIN_MS = 5_000  # what is measured is shown three seconds later where nothing else goes on


def fresh_metric() -> str:
    """A name that no test has used."""
    return f"test.metric{next(_numbers)}"


def push(url: str, person: Person, samples: list[dict[str, Any]]) -> None:
    """A program tells what it has measured; all of it must be taken."""
    for start in range(0, len(samples), BATCH):
        taken = person.command(url, "metrics.push", samples=samples[start : start + BATCH])
        assert taken["rejected"] == []


def history(
    metric: str, seconds: int, *, without: range = range(0), until: int | None = None
) -> list[dict[str, Any]]:
    """A value a second and host for so many seconds until a moment, or now, but for those so many seconds before."""
    now = int(time.time()) if until is None else until
    return [
        {"name": metric, "value": 10 * place + ago % 7, "labels": {"host": host}, "at": now - ago + 0.5}
        for ago in range(seconds, 0, -1)
        if ago not in without
        for place, host in enumerate(HOSTS, start=1)
    ]


def measure(url: str, person: Person, metric: str, value: float) -> None:
    """One more value, of now."""
    push(url, person, [{"name": metric, "value": value, "labels": {"host": "web-1"}, "at": time.time()}])


def see_measured(url: str, person: Person, metric: str, value: float, chart: Locator) -> None:
    """A value is the present one for some seconds only: until the chart shows it, it is measured again."""

    def is_shown() -> bool:
        measure(url, person, metric, value)
        try:
            expect(chart.locator(".live-chart-value")).to_have_text(str(value), timeout=AGAIN_MS)
        except AssertionError:
            return False
        return True

    wait_until(is_shown, PATIENCE, f"a chart to show {value}")


def panel(id: str, metric: str, **more: Any) -> dict[str, Any]:
    """Lines of a metric by host, half a board wide."""
    queries = [{"metric": metric, "fn": "avg", "by": ["host"]}]
    return {"id": id, "type": "line", "title": f"Panel {id}", "w": 6, "h": 5, "queries": queries} | more


def make_board(url: str, person: Person, *panels: dict[str, Any]) -> str:
    """A board with these panels; returns its slug."""
    title = f"Board {next(_numbers)}"
    return str(person.command(url, "board.create", title=title, panels=list(panels))["slug"])


def marks_of(page: Page, message: Locator) -> Locator:
    """Where charts show this message, alone or with others."""
    return page.locator(f'.annotation[data-ids~="message.{message.get_attribute("data-id")}"]')


def link_to(place: Locator, message: Locator) -> Locator:
    return place.locator(f'.annotation-link[data-id="message.{message.get_attribute("data-id")}"]')


class BoardPage:
    """One tab with a board in it."""

    def __init__(self, tab: Rooms) -> None:
        self.tab = tab

    @property
    def page(self) -> Page:
        return self.tab.page

    def open(self, slug: str, query: str = "") -> "BoardPage":
        self.tab.open(f"/dashboard/{slug}/{query}")
        self.be_drawn()
        return self

    def be_drawn(self) -> None:
        """The snapshot of the range has come."""
        expect(self.page.locator("#board")).not_to_have_attribute("aria-busy", "true")

    def panel(self, id: str) -> Locator:
        return self.page.locator(f"#panel-{id}")

    def plot(self, id: str) -> Locator:
        return self.panel(id).locator(".u-over")

    def box(self, id: str) -> FloatRect:
        """Where a chart is on the page. In another theme it is made anew."""
        expect(self.plot(id)).to_be_visible()
        found: FloatRect | None = None

        def is_there() -> bool:
            nonlocal found
            found = self.plot(id).bounding_box()
            return found is not None

        wait_until(is_there, PATIENCE, f"the chart {id}")
        assert found
        return found

    def legend(self, id: str) -> Locator:
        return self.panel(id).locator(".legend li")

    def drag(self, id: str, start: float, end: float) -> None:
        """Over a chart, from and to these shares of its width."""
        box = self.box(id)
        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] * start, middle)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * end, middle, steps=4)
        self.page.mouse.up()
        self.be_drawn()

    def point_at(self, id: str, share: float) -> None:
        box = self.box(id)
        self.page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)

    def choose(self, id: str, item: str) -> None:
        """An item of a panel's menu."""
        self.panel(id).hover()
        self.panel(id).locator("[data-panel-menu]").click()
        self.page.locator("#panel-menu").get_by_text(item, exact=True).click()

    def choose_range(self, name: str) -> None:
        self.page.locator("[data-time=menu]").click()
        self.page.locator("#range-menu").get_by_text(name, exact=True).click()
        self.be_drawn()

    def rows(self, id: str) -> list[list[str]]:
        """The numbers behind a chart that is shown as a table, newest first."""
        return [
            row.split("\t")
            for row in self.panel(id)
            .locator(".numbers tbody tr")
            .evaluate_all(
                "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent).join('\\t'))"
            )
        ]

    # --- Seeing

    def see_panels(self, *titles: str) -> None:
        expect(self.page.locator(".panel h2")).to_have_text(list(titles))

    def see_series(self, id: str, *names: str) -> None:
        expect(self.panel(id).locator(".legend-name")).to_have_text(list(names))

    def see_range(self, words: str) -> None:
        expect(self.page.locator(".range-words")).to_have_text(words)
