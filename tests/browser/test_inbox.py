"""The inbox page: all by keyboard, all in bulk, all undone, and live meanwhile."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.inbox import Inbox, tell
from tests.support.installation import Installation
from tests.support.people import Person

THREE = ("Third", "Second", "First")


@pytest.fixture
def erin(installation: Installation) -> Person:
    """Somebody new, whose inbox is empty."""
    return installation.people(1, with_password=True)[0]


@pytest.fixture
def inbox(browse: Browse, erin: Person, url: str) -> Inbox:
    """Erin's, with three notifications, the newest first."""
    for title in reversed(THREE):
        tell(url, erin, title)
    inbox = Inbox(browse(erin)).open()
    inbox.see(*THREE)
    return inbox


def test_the_keys_go_through_the_list_and_read_on_the_way(inbox: Inbox) -> None:
    inbox.press("j", "j")
    expect(inbox.current()).to_have_text("Second")
    inbox.press("k")
    expect(inbox.current()).to_have_text("Third")
    inbox.press("e")
    inbox.see("Second", "First")
    expect(inbox.current()).to_have_text("Second")
    inbox.see_unread(2)
    inbox.press("e", "e")
    inbox.see()
    expect(inbox.page.get_by_role("heading", name="All caught up")).to_be_visible()


def test_what_was_done_is_undone_step_by_step(inbox: Inbox) -> None:
    inbox.press("j", "e", "e")
    inbox.see("First")
    inbox.press("z")
    inbox.see("Second", "First")
    inbox.press("z")
    inbox.see(*THREE)
    inbox.see_unread(3)
    inbox.press("z")
    inbox.see_said("There is nothing to undo.")


def test_what_is_said_of_a_deed_takes_it_back(inbox: Inbox) -> None:
    inbox.press("j", "e")
    inbox.see_said("Marked 1 notification as read")
    inbox.page.get_by_role("button", name="Undo").click()
    inbox.see(*THREE)


def test_many_are_selected_by_keys_and_read_at_once(inbox: Inbox) -> None:
    inbox.press("j", "x", "Shift+J")
    inbox.see_ticked("Third", "Second")
    expect(inbox.page.locator("#bar-text")).to_have_text("2 selected")
    inbox.press("e")
    inbox.see("First")
    inbox.press("z")
    inbox.see(*THREE)
    inbox.press("*")
    inbox.see_ticked(*THREE)
    inbox.press("Escape")
    inbox.see_ticked()


def test_many_are_selected_by_the_mouse_and_acknowledged(inbox: Inbox) -> None:
    inbox.tick("Third")
    inbox.row("First").locator("[data-tick]").click(modifiers=["Shift"])
    inbox.see_ticked(*THREE)
    inbox.page.locator("#bar-tools [data-do=acknowledge]").click()
    inbox.see()
    inbox.open("/notifications/?show=all")
    expect(inbox.page.locator(".note-acknowledged:visible")).to_have_count(3)


def test_snoozed_until_tomorrow_morning_and_brought_back(inbox: Inbox, erin: Person, url: str) -> None:
    with inbox.page.expect_response("**/notification.snooze"):
        inbox.press("j", "s", "2")
    inbox.see("Second", "First")
    inbox.see_said("Put off 1 notification until tomorrow")
    inbox.page.get_by_role("button", name="Snoozed").click()
    inbox.see("Third")
    with erin.http(url) as http:
        (found,) = http.get("/api/v1/notifications", params={"snoozed": True}).json()["notifications"]
    until = datetime.fromisoformat(found["snoozed_until"])
    assert (until.hour, until.minute) == (8, 0)
    inbox.press("j", "s", "0")
    inbox.see()
    inbox.page.get_by_role("button", name="Unread", exact=True).first.click()
    inbox.see(*THREE)


def test_a_muted_source_says_nothing_more_until_that_is_undone(
    browse: Browse, erin: Person, installation: Installation, url: str
) -> None:
    code = f"""
from notifications.actions import follow, make_topic
from project.accounts.models import User
make_topic("noise")
follow(User.objects.get(pk={erin.id}), "noise")
"""
    installation.shell.run(code)

    def to_topic(text: str) -> None:
        with erin.http(url) as http:
            http.post("/api/v1/notify/noise", content=text).raise_for_status()

    to_topic("One")
    inbox = Inbox(browse(erin)).open()
    inbox.see("One")
    inbox.press("j", "m")
    inbox.see_said("Muted noise: nothing more from there")
    to_topic("Two")
    tell(url, erin, "For you")
    inbox.see("For you", "One")
    inbox.press("z")
    inbox.see_said("Undone")
    to_topic("Three")
    inbox.see("Three", "One", "For you")


def test_filters_and_search_are_in_the_address_and_hold_for_what_arrives(
    inbox: Inbox, erin: Person, url: str
) -> None:
    tell(url, erin, "Disk full", priority=4)
    inbox.press("/")
    inbox.page.keyboard.type("disk")
    inbox.see("Disk full")
    expect(inbox.page).to_have_url(re.compile(r"\?q=disk$"))
    inbox.press("Escape")
    inbox.page.locator("#filter-priority").select_option("4")
    tell(url, erin, "Another disk", priority=3)
    tell(url, erin, "A third disk", priority=5)
    inbox.see("A third disk", "Disk full")
    inbox.page.reload()
    inbox.see("A third disk", "Disk full")
    inbox.page.go_back()
    inbox.see("A third disk", "Another disk", "Disk full")


def test_help_is_one_key_away(inbox: Inbox) -> None:
    inbox.press("?")
    expect(inbox.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    inbox.press("Escape", "j")
    expect(inbox.current()).to_have_text("Third")


def test_earlier_ones_are_a_press_away(browse: Browse, erin: Person, installation: Installation) -> None:
    code = f"""
from django.db import transaction
from notifications.actions import Notice, notify_all
with transaction.atomic():
    notify_all([(Notice("notice", f"Number {{n}}."), [{erin.id}]) for n in range(120)])
"""
    installation.shell.run(code)
    inbox = Inbox(browse(erin)).open()
    rows = inbox.page.locator(".note")
    expect(rows).to_have_count(50)
    for shown in (100, 120):
        inbox.page.get_by_role("button", name="Show earlier ones").click()
        expect(rows).to_have_count(shown)
    expect(inbox.page.get_by_role("button", name="Show earlier ones")).to_be_hidden()
    inbox.press("j", "*", "e")
    inbox.see_unread(0)
    inbox.press("z")
    expect(rows).to_have_count(120)


def test_all_that_was_read_at_once_comes_back_though_most_of_it_was_never_loaded(
    browse: Browse, erin: Person, installation: Installation
) -> None:
    code = f"""
from django.db import transaction
from notifications.actions import Notice, notify_all
with transaction.atomic():
    notify_all([(Notice("notice", f"Number {{n}}."), [{erin.id}]) for n in range(70)])
"""
    installation.shell.run(code)
    inbox, other = Inbox(browse(erin)).open(), Inbox(browse(erin)).open("/settings/")
    inbox.page.locator("#bar-read-all").click()
    other.see_unread(0)
    inbox.press("z")
    inbox.see_unread(70)
    other.see_unread(70)
    expect(inbox.page.locator(".note")).to_have_count(50)


def test_what_happens_elsewhere_happens_here(inbox: Inbox, browse: Browse, erin: Person, url: str) -> None:
    other = Inbox(browse(erin)).open()
    other.press("j", "e")
    inbox.see("Second", "First")
    other.press("z")
    inbox.see(*THREE)
    tell(url, erin, "Fourth")
    inbox.see("Fourth", *THREE)
    inbox.page.locator("#bar-read-all").click()
    other.see()
