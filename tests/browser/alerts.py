"""The verbs of a person at the page of alerts and at the editor of a rule."""

from itertools import count
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Rooms
from tests.support.people import Person

_numbers = count(1)

JUDGED_MS = 90_000
"""Rules look at whole ten seconds, two seconds after their end, and on a busy machine later."""


def fresh_title() -> str:
    """A name that no other rule has."""
    return f"Watched {next(_numbers)}"


def threshold(metric: str, **more: Any) -> dict[str, Any]:
    """Above a limit."""
    return {"kind": "threshold", "query": {"metric": metric, "fn": "avg"}, "above": 5} | more


def make_rule(url: str, person: Person, condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule as somebody else has made it."""
    definition = {"title": fresh_title(), "condition": condition} | more
    made: dict[str, Any] = person.command(url, "rule.create", definition=definition)
    return made


class AlertsPage:
    """One tab with the page of alerts in it."""

    def __init__(self, tab: Rooms) -> None:
        self.tab = tab

    @property
    def page(self) -> Page:
        return self.tab.page

    def open(self, query: str = "") -> "AlertsPage":
        self.tab.open(f"/dashboard/alerts/{query}")
        expect(self.page.locator("#alerts")).not_to_have_attribute("aria-busy", "true")
        return self

    def row(self, title: str, section: str = "") -> Locator:
        place = self.page.locator(f"[data-section={section}]") if section else self.page.locator("#alerts")
        return place.locator(".alert-row").filter(has=self.page.get_by_text(title, exact=True))

    def do(self, title: str, deed: str) -> None:
        self.row(title).locator(f"[data-do={deed}]").click()

    def see_firing(self, title: str) -> Locator:
        """In the section of what fires, as soon as the rule has been judged."""
        row = self.row(title, "firing")
        expect(row).to_be_visible(timeout=JUDGED_MS)
        return row

    def see_said(self, text: str) -> None:
        expect(self.page.locator("#notices")).to_contain_text(text)
        self.tab.hold_notice()

    def undo(self) -> None:
        self.page.get_by_role("button", name="Undo").click()


class RulePage:
    """One tab with the editor of a rule in it."""

    def __init__(self, tab: Rooms) -> None:
        self.tab = tab

    @property
    def page(self) -> Page:
        return self.tab.page

    def open(self, rule: int | str = "new", query: str = "") -> "RulePage":
        self.tab.open(f"/dashboard/alerts/rules/{rule}/{query}")
        expect(self.page.locator(".rule-sentence")).not_to_be_empty()
        return self

    def ask(self, metric: str, **bounds: str) -> None:
        """About the average of a metric."""
        self.page.locator("[data-field=metric]").fill(metric)
        for name, value in bounds.items():
            self.page.locator(f"[name={name}]").fill(value)

    def last(self, name: str, count: str, unit: str) -> None:
        length = self.page.locator(f"[data-length={name}]")
        length.locator("[data-count]").fill(count)
        length.locator("[data-unit]").select_option(unit)

    def name(self, title: str) -> None:
        self.page.get_by_label("Title", exact=True).fill(title)

    def follow(self, name: str) -> None:
        """Chooses somebody from the list that some letters of a name bring up."""
        self.page.get_by_label("Add somebody").fill(name[1:])
        self.page.locator("#people-found .option").filter(has_text=f"@{name}").click()

    def save(self) -> None:
        self.page.locator("[data-save]").click()

    def menu(self, item: str) -> None:
        self.page.locator("[data-rule-menu]").click()
        self.page.locator("#rule-menu").get_by_text(item, exact=True).click()

    def see_verdict(self, text: str) -> None:
        expect(self.page.locator(".preview-verdict")).to_contain_text(text)

    def see_error(self, field: str, text: str) -> None:
        """Beside the field, and said of it to those who do not see that."""
        place = self.page.locator(f'[data-error~="{field}"]')
        expect(place.locator("[data-said]")).to_have_text(text)
        described = place.locator("[aria-invalid]").first.get_attribute("aria-describedby") or ""
        assert place.locator("[data-said]").get_attribute("id") in described.split()
