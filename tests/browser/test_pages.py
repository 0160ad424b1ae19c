"""Every page, light and dark: nothing that keeps people out, nothing that breaks the policy or logs an error."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, WIDE, Browse, Cast, Complaints
from tests.browser.pages import Rooms

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


def check_with_axe(page: Page) -> None:
    """Fails for whatever axe calls serious in the light theme, or about colours in the dark one."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    check_theme_with_axe(page, {})
    page.emulate_media(color_scheme="dark")
    check_theme_with_axe(page, {"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")


def check_theme_with_axe(page: Page, options: dict[str, Any]) -> None:
    """What moves to an end is put there first."""
    page.evaluate(
        "for (const moving of document.getAnimations())"
        " if (moving.effect.getComputedTiming().endTime !== Infinity) moving.finish()"
    )
    found = page.evaluate(
        "(options) => axe.run(document, options)", {"resultTypes": ["violations"], **options}
    )
    told = [
        f"{violation['id']}: {violation['help']} {[node['target'] for node in violation['nodes']][:5]}"
        f" {violation['nodes'][0]['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
    ]
    assert told == []


@pytest.fixture
def lively_room(browse: Browse, cast: Cast, room: int) -> int:
    """A room with one of everything a message can be."""
    alice, bob = browse(cast.alice), browse(cast.bob)
    alice.open_room(room)
    bob.open_room(room)
    alice.send_message(
        "Some `code`, a [link](https://example.org) and\n\n```python\nprint(1)\n```\n\n> quoted\n\n- a list"
    )
    alice.send_message(f"@{cast.bob.name} look")
    bob.see_message("look")
    bob.reply("look", "I see")
    alice.send_message("gone soon")
    alice.see_message("gone soon")
    alice.delete("gone soon")
    bob.react("look", "eyes")
    alice.see_reaction("look", "👀", 1)
    bob.see_message("I see")
    bob.edit_last("I see it")
    alice.send_message("Not read by bob yet")
    return room


SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/")
SIGNED_IN = (
    "/rooms/",
    "/rooms/find/",
    "/settings/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/rooms/999999/",
)


def test_pages_for_everyone_have_no_serious_barrier(browse: Browse) -> None:
    visitor = browse(None)
    for path in SIGNED_OUT:
        visitor.open(path)
        check_with_axe(visitor.page)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pages_of_a_person_have_no_serious_barrier(
    browse: Browse, cast: Cast, viewport: dict[str, int], complaints: Complaints
) -> None:
    complaints.expect("status of 404")
    bob = browse(cast.bob, viewport=viewport)
    for path in SIGNED_IN:
        bob.open(path)
        check_with_axe(bob.page)


def test_a_room_and_its_dialogs_have_no_serious_barrier(browse: Browse, cast: Cast, lively_room: int) -> None:
    alice = browse(cast.alice, viewport=NARROW)
    alice.open_room(lively_room)
    for viewport in (NARROW, WIDE):
        alice.page.set_viewport_size(viewport)
        alice.message("Not read by bob yet").locator(".message").hover()
        check_with_axe(alice.page)
    bob = browse(cast.bob)
    bob.open_room(lively_room)
    check_with_axe(bob.page)
    for opener in ("Room settings", "Add people", "New room", "New direct message", "Go to a room or person"):
        with_dialog(alice, opener)
        check_with_axe(alice.page)
        alice.page.keyboard.press("Escape")
    bob.act("Not read by bob yet", "react")
    check_with_axe(bob.page)


def with_dialog(page: Rooms, opener: str) -> None:
    page.page.get_by_role("button", name=opener).first.click()
    expect(page.page.locator("dialog[open]")).to_be_visible()


def test_the_api_description_works_under_the_policy(browse: Browse, cast: Cast) -> None:
    bob = browse(cast.bob)
    bob.open("/api/v1/docs")
    expect(bob.page.locator(".opblock").first).to_be_visible()
    expect(bob.page.get_by_text("/api/v1/commands/message.send")).to_be_visible()


def test_the_theme_is_kept_and_there_before_the_first_paint(browse: Browse, cast: Cast) -> None:
    bob = browse(cast.bob, color_scheme="light")
    bob.open("/rooms/")
    bob.be_ready()
    bob.page.locator(".me").click()
    bob.page.get_by_role("button", name="Dark").click()
    expect(bob.page.locator("html")).to_have_attribute("data-theme", "dark")
    bob.open("/settings/")
    expect(bob.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_every_module_that_a_page_runs_is_named_in_its_head(browse: Browse, cast: Cast, room: int) -> None:
    bob = browse(cast.bob, service_workers="block")
    for path in (f"/rooms/{room}/", "/notifications/", "/notifications/preferences/", "/settings/"):
        bob.open(path)
        bob.be_ready()
        loaded, named = bob.page.evaluate(
            """() => {
                const direct = [...document.scripts].map(({ src }) => src)
                const loaded = performance.getEntriesByType("resource").map(({ name }) => name)
                const named = [...document.querySelectorAll("link[rel=modulepreload]")].map(({ href }) => href)
                const isOwn = (name) => name.endsWith(".js") && !direct.includes(name)
                return [loaded.filter(isOwn), named.filter(isOwn)].map((names) => [...new Set(names)].sort())
            }"""
        )
        assert loaded == named


def test_times_are_those_of_the_browser_on_every_page(browse: Browse, cast: Cast, room: int) -> None:
    alice = browse(cast.alice, timezone_id="Asia/Kathmandu")  # 5:45 ahead, and of nobody's profile here
    alice.open_room(room)
    alice.send_message("What time is it?")
    shown = alice.see_message("What time is it?").locator(".message-time time")
    bob = browse(cast.bob, timezone_id="America/St_Johns")
    bob.open_room(room)
    bob.reply("What time is it?", "Yours, not mine")
    clock = clock_of(shown)
    expect(shown).to_have_text(clock)
    alice.reload()
    assert f">{clock}</time>" in alice.context.request.get(f"/rooms/{room}/").text()
    alice.see_message("Yours, not mine")
    alice.open("/notifications/")
    alice.be_ready()
    first = alice.page.locator(".note", has_text="Yours, not mine").locator(".note-meta time")
    expect(first).to_have_text(clock_of(first))
    assert f">{clock_of(first)}</time>" in alice.context.request.get("/notifications/").text()


def clock_of(time: Locator) -> str:
    """The moment of this element, by the clock of the browser that it is in."""
    clock: str = time.evaluate(
        "({ dateTime }) => new Date(dateTime).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'})"
    )
    return clock
