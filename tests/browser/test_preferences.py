"""What somebody wants, in two tabs at once."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.browser.inbox import Inbox
from tests.support.installation import Installation
from tests.support.people import Person


@pytest.fixture
def gus(installation: Installation) -> Person:
    """Somebody new, who has chosen nothing yet."""
    return installation.people(1, with_password=True)[0]


def preferences(browse: Browse, person: Person) -> Page:
    return Inbox(browse(person)).open("/notifications/preferences/").page


def test_what_is_chosen_on_one_device_shows_on_the_other(browse: Browse, gus: Person, url: str) -> None:
    here, there = preferences(browse, gus), preferences(browse, gus)
    here.get_by_role("switch", name="Mentions by push").click()
    expect(there.get_by_role("switch", name="Mentions by push")).not_to_be_checked()
    here.get_by_role("switch", name="Quiet hours").click()
    expect(there.get_by_label("From")).to_be_visible()
    expect(there.get_by_label("Until")).to_have_value("07:00")
    here.get_by_label("Digest by email").select_option("daily")
    expect(there.get_by_label("Digest by email")).to_have_value("daily")
    here.get_by_role("switch", name="Play a sound").click()
    expect(there.get_by_role("switch", name="Play a sound")).to_be_checked()


def test_what_is_muted_elsewhere_is_listed_and_can_be_unmuted(browse: Browse, gus: Person, url: str) -> None:
    page = preferences(browse, gus)
    gus.command(url, "notification.mute", source="topic.disks")
    page.get_by_role("button", name="Unmute topic.disks").click()
    expect(page.get_by_text("Nothing is muted.")).to_be_visible()
    gus.command(url, "notification.mute", source="topic.disks")
    expect(page.get_by_role("button", name="Unmute topic.disks")).to_be_visible()
    gus.command(url, "notification.unmute", source="topic.disks")
    expect(page.get_by_text("Nothing is muted.")).to_be_visible()


def test_where_the_browser_was_told_to_show_none_the_page_says_so(browse: Browse, gus: Person) -> None:
    tab = browse(gus)
    denied = 'Object.defineProperty(Notification, "permission", { get: () => "denied" })'
    tab.page.add_init_script(denied)
    page = Inbox(tab).open("/notifications/preferences/").page
    expect(page.get_by_role("switch", name="Desktop notifications")).to_be_disabled()
    expect(page.locator("#desktop-text")).to_contain_text("The browser was told not to show any.")
