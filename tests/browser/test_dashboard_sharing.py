"""A board that is shown to somebody without an account."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.boards import BoardPage, fresh_metric, history, make_board, panel, push
from tests.browser.conftest import NARROW, Browse, Cast, Complaints
from tests.browser.pages import Rooms
from tests.browser.test_pages import check_with_axe


@pytest.fixture
def slug(url: str, cast: Cast) -> str:
    metric = fresh_metric()
    push(url, cast.alice, history(metric, 120))
    return make_board(url, cast.alice, panel("a", metric))


def share(page: Page, mode: str, name: str) -> str:
    """Makes a link in the dialog; returns its address."""
    page.locator("[data-board-menu]").click()
    page.locator("#board-menu").get_by_text("Share a link").click()
    page.locator(f"#share input[value={mode}]").check()
    page.get_by_label("For whom or what").fill(name)
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#share-link")
    expect(link).to_be_visible()
    expect(page.locator(".share-name")).to_contain_text([name])
    return link.input_value()


def visit(browse: Browse, link: str, **options: object) -> BoardPage:
    visitor = BoardPage(browse(None, **options))
    visitor.page.goto(link)
    visitor.be_drawn()
    return visitor


def test_a_live_link_shows_the_board_as_it_goes_on_until_somebody_ends_it(
    browse: Browse, url: str, cast: Cast, slug: str, complaints: Complaints
) -> None:
    complaints.expect("status of 404", "status of 401")
    owner = BoardPage(browse(cast.alice)).open(slug, "?last=5m")
    link = share(owner.page, "live", "The wall")
    check_with_axe(owner.page)
    visitor = visit(browse, link)
    visitor.see_series("a", "web-1", "web-2", "web-3")
    expect(visitor.page.locator(".live-words")).to_have_text("Live")
    check_with_axe(visitor.page)
    visitor.choose_range("Last 5 minutes")
    visitor.choose("a", "Show the numbers")
    expect(visitor.panel("a").locator(".numbers tbody tr").first).to_be_visible()
    assert "sessionid" not in {cookie.get("name") for cookie in visitor.page.context.cookies()}
    cast.bob.command(url, "board.update", board=slug, title="Renamed")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Renamed")
    visitor.be_drawn()
    expect(visitor.page.locator(".live-words")).to_have_text("Live")
    expect(owner.page.get_by_role("heading", level=1)).to_have_text("Renamed")  # it loads anew by itself
    owner.be_drawn()
    owner.page.locator("[data-board-menu]").click()
    owner.page.locator("#board-menu").get_by_text("Share a link").click()
    owner.page.get_by_role("button", name="End it: the link The wall").click()
    expect(owner.page.locator(".share-none")).to_be_visible()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("This link has ended")


def test_a_frozen_link_shows_what_the_board_showed(browse: Browse, url: str, cast: Cast, slug: str) -> None:
    owner = BoardPage(browse(cast.alice)).open(slug, "?last=5m")
    link = share(owner.page, "frozen", "The outage")
    cast.bob.command(url, "board.update", board=slug, panels=[])
    visitor = visit(browse, link, viewport=NARROW)
    visitor.see_series("a", "web-1", "web-2", "web-3")
    expect(visitor.page.locator(".shared-note")).to_contain_text("As it was")
    expect(visitor.page.locator(".live-button")).to_have_count(0)
    check_with_axe(visitor.page)
    visitor.drag("a", 0.5, 0.9)
    assert "from=" in visitor.page.url
    visitor.page.go_back()
    visitor.be_drawn()
    assert "from=" not in visitor.page.url


def test_who_is_signed_in_sees_a_link_as_anybody_does(browse: Browse, cast: Cast, slug: str) -> None:
    link = share(BoardPage(browse(cast.alice)).open(slug).page, "live", "Bob")
    tab: Rooms = browse(cast.bob)
    tab.page.goto(link)
    expect(tab.page.locator(".live-words")).to_have_text("Live")
    expect(tab.page.locator(".site-head")).to_have_count(0)
