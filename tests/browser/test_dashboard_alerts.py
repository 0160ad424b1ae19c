"""Alerts in a browser: what fires, what is done about it, what happened, and what boards show of it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.alerts import JUDGED_MS, AlertsPage, make_rule, threshold
from tests.browser.boards import BoardPage, fresh_metric, history, make_board, panel, push
from tests.browser.conftest import NARROW, WIDE, Browse, Cast
from tests.browser.test_pages import check_with_axe


@pytest.fixture(scope="module")
def metric(url: str, cast: Cast) -> str:
    """The last minute of three hosts."""
    name = fresh_metric()
    push(url, cast.alice, history(name, 60))
    return name


@pytest.fixture(scope="module")
def slug(url: str, cast: Cast, metric: str) -> str:
    return make_board(url, cast.alice, panel("a", metric), panel("b", "something.else"))


@pytest.fixture(scope="module")
def rule(url: str, cast: Cast, metric: str, slug: str) -> dict[str, Any]:
    """A rule of alice's that fires for one of three hosts."""
    return make_rule(
        url,
        cast.alice,
        threshold(metric, above=28),
        group_by=["host"],
        board=slug,
        severity="critical",
        description="Call the operators.",
    )


@pytest.fixture
def title(rule: dict[str, Any]) -> str:
    return str(rule["title"])


@pytest.fixture
def alerts(browse: Browse, cast: Cast, title: str) -> AlertsPage:
    """Bob looks, and it fires."""
    page = AlertsPage(browse(cast.bob)).open(f"?q={title}")
    page.see_firing(title)
    return page


def test_what_fires_comes_by_itself_and_who_takes_care_of_it_is_seen_by_all(
    browse: Browse, url: str, cast: Cast
) -> None:
    metric = fresh_metric()
    alice, bob = (AlertsPage(browse(person)).open() for person in (cast.alice, cast.bob))
    title = str(make_rule(url, cast.alice, threshold(metric))["title"])
    expect(bob.row(title, "quiet")).to_be_visible()
    push(url, cast.alice, history(metric, 60))
    row = bob.see_firing(title)
    expect(row).to_contain_text("Firing")
    expect(row).to_contain_text("Warning")
    expect(bob.row(title, "quiet")).to_have_count(0)
    alice.see_firing(title)
    alice.do(title, "acknowledge")
    alice.see_said(f"You take care of {title}")
    expect(row.locator(".alert-taken")).to_contain_text(f"{cast.alice.name.title()} takes care of it")
    expect(row.locator("[data-do=acknowledge]")).to_be_hidden()
    alice.undo()
    expect(row.locator("[data-do=acknowledge]")).to_be_visible()
    expect(row.locator(".alert-taken")).to_be_hidden()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_alerts_and_what_is_done_about_them_have_no_serious_barrier(
    browse: Browse,
    cast: Cast,
    title: str,
    slug: str,
    viewport: dict[str, int],
) -> None:
    alerts = AlertsPage(browse(cast.bob, viewport=viewport)).open()
    alerts.see_firing(title)
    check_with_axe(alerts.page)
    alerts.do(title, "silence")
    check_with_axe(alerts.page)
    alerts.page.keyboard.press("Escape")
    alerts.do(title, "history")
    expect(alerts.page.locator("#alert-history .change").first).to_be_visible()
    check_with_axe(alerts.page)
    board = BoardPage(alerts.tab).open(slug)
    expect(board.page.locator("#alert-strip .alert-row")).to_be_visible()
    check_with_axe(board.page)


def test_a_silence_says_until_when_and_why_and_is_undone_and_ended(alerts: AlertsPage, title: str) -> None:
    alerts.do(title, "silence")
    form = alerts.page.locator("#silence-form")
    expect(form.get_by_label("Only with these labels")).to_have_value("host=web-3")
    form.get_by_role("button", name="Until tomorrow").click()
    form.get_by_label("Why").fill("We are moving it")
    form.get_by_role("button", name="Silence", exact=True).click()
    alerts.see_said("Silenced until")
    silence = alerts.row(title, "silences")
    expect(silence).to_contain_text("We are moving it")
    expect(alerts.row(title, "firing").locator(".alert-silenced")).to_be_visible()
    alerts.undo()
    expect(silence).to_have_count(0)
    expect(alerts.row(title, "firing").locator(".alert-silenced")).to_be_hidden()
    alerts.do(title, "silence")
    form.get_by_role("button", name="Silence", exact=True).click()
    silence.get_by_role("button", name="End the silence").click()
    expect(silence).to_have_count(0)


def test_a_silence_of_nothing_is_refused_in_its_form(alerts: AlertsPage) -> None:
    alerts.page.locator("[data-silence-new]").click()
    form = alerts.page.locator("#silence-form")
    form.get_by_role("button", name="Silence", exact=True).click()
    expect(form.locator(".error")).to_have_text("Say which alerts: a rule, labels, or both.")


def test_what_happened_leads_to_the_board_at_that_time(alerts: AlertsPage, title: str, slug: str) -> None:
    alerts.row(title).get_by_role("link", name=title, exact=True).click()
    dialog = alerts.page.locator("#alert-history")
    first = dialog.locator(".change").last
    expect(first).to_contain_text("Firing")
    expect(dialog.locator(".history-bar")).to_be_visible()
    assert "alert=" in alerts.page.url
    alerts.page.reload()
    expect(first).to_contain_text("Firing")
    first.get_by_role("link", name="The board at that time").click()
    alerts.page.wait_for_url(f"**/dashboard/{slug}/?from=*")


def test_filters_leave_what_fits_and_are_in_the_address(alerts: AlertsPage, title: str, slug: str) -> None:
    alerts.page.get_by_role("button", name="Quiet", exact=True).click()
    expect(alerts.row(title)).to_have_count(0)
    expect(alerts.page.locator("#alerts-empty")).to_contain_text("Nothing like that")
    assert "state=quiet" in alerts.page.url
    alerts.page.get_by_role("button", name="Firing", exact=True).click()
    alerts.page.get_by_label("Board", exact=True).select_option(slug)
    expect(alerts.row(title, "firing")).to_have_count(1)
    alerts.tab.reload()
    expect(alerts.row(title, "firing")).to_have_count(1)
    alerts.page.get_by_label("Search alerts").fill("host=web-1")
    expect(alerts.row(title)).to_have_count(0)
    alerts.page.get_by_role("button", name="Show everything").click()
    expect(alerts.row(title, "firing")).to_have_count(1)


def test_everything_is_done_by_keyboard(alerts: AlertsPage, title: str) -> None:
    keys = alerts.page.keyboard
    keys.press("j")
    expect(alerts.row(title, "firing")).to_be_focused()
    keys.press("s")
    expect(alerts.page.locator("#silence-form")).to_be_visible()
    keys.press("Escape")
    keys.press("h")
    expect(alerts.page.locator("#alert-history")).to_be_visible()
    keys.press("Escape")
    keys.press("/")
    expect(alerts.page.get_by_label("Search alerts")).to_be_focused()
    alerts.row(title, "firing").focus()
    keys.press("e")
    alerts.page.wait_for_url("**/dashboard/alerts/rules/*/")


def test_a_board_says_what_fires_on_it_and_which_panel_is_watched(
    browse: Browse, cast: Cast, title: str, slug: str
) -> None:
    board = BoardPage(browse(cast.carol)).open(slug)
    row = board.page.locator("#alert-strip .alert-row")
    expect(row).to_contain_text(title, timeout=JUDGED_MS)
    expect(row).to_contain_text("host=web-3")
    expect(board.panel("a").locator(".panel-alert")).to_have_attribute(
        "aria-label", f"Firing: {title}, web-3"
    )
    expect(board.panel("b").locator(".panel-alert")).to_have_count(0)
    row.locator("[data-do=acknowledge]").click()
    board.tab.hold_notice()
    expect(row.locator(".alert-taken")).to_contain_text(cast.carol.name.title())
    board.page.get_by_role("button", name="Undo").click()
    expect(row.locator(".alert-taken")).to_be_hidden()
