"""Alerts that are said in rooms: each with its chart, and on the board what was said of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.alerts import JUDGED_MS
from tests.browser.boards import (
    BoardPage,
    fresh_metric,
    history,
    link_to,
    make_board,
    marks_of,
    panel,
    push,
    see_measured,
)
from tests.browser.conftest import Browse, Cast, Complaints
from tests.browser.inbox import Inbox


@pytest.fixture
def metric(url: str, cast: Cast) -> str:
    """Two minutes of three hosts."""
    name = fresh_metric()
    push(url, cast.alice, history(name, 120))
    return name


def make_rule(url: str, cast: Cast, metric: str, board: str, room: int) -> str:
    """It fires within some seconds, tells bob, and says so in the room; returns its title."""
    title = f"Load of {metric}"
    definition: dict[str, Any] = {
        "title": title,
        "board": board,
        "severity": "critical",
        "condition": {
            "kind": "threshold",
            "query": {"metric": metric, "where": {"host": "web-1"}, "fn": "max"},
            "over": 60,
            "above": 5,
            "recover": 4,
        },
        "followers": {"people": [cast.bob.id]},
        "room": room,
        "group_wait": 0,
    }
    cast.alice.command(url, "rule.create", definition=definition)
    return title


def test_an_alert_is_told_said_with_a_chart_pinned_and_found_again_from_the_board(
    browse: Browse, url: str, cast: Cast, room: int, metric: str
) -> None:
    board = make_board(url, cast.alice, panel("a", metric))
    tab = browse(cast.bob)
    tab.open_room(room)
    title = make_rule(url, cast, metric, board, room)

    drawer = Inbox(tab).open_drawer()
    expect(drawer.locator(".brief-title", has_text=title)).to_be_visible(timeout=JUDGED_MS)
    tab.page.keyboard.press("Escape")

    said = tab.see_message(title, in_view=True)
    alert = said.locator(".live-alert")
    expect(alert.locator(".live-alert-state")).to_have_text("Firing, Critical")
    expect(alert.locator(".u-over")).to_be_visible()
    for value in (42, 43):
        see_measured(url, cast.alice, metric, value, alert)
    alert.get_by_role("button", name="Acknowledge").click()
    expect(alert.locator(".live-alert-taken")).to_contain_text("takes care of it")
    with cast.alice.http(url) as http:
        (known,) = [one for one in http.get("/api/v1/alerts").json()["alerts"] if one["title"] == title]
    assert known["acknowledged_by"]["id"] == cast.bob.id

    tab.act(title, "pin")
    tab.page.locator("#pin .primary").click()
    expect(said.locator(".message-pin")).to_contain_text("On charts at")

    shown = BoardPage(tab.new_tab()).open(board)
    mark = marks_of(shown.page, said)
    expect(mark).to_have_count(1)
    mark.locator(".annotation-flag").hover()
    expect(link_to(mark, said)).to_contain_text(title)
    link_to(mark, said).click()
    shown.page.wait_for_url(f"**/rooms/{room}/?at={said.get_attribute('data-seq')}")
    shown.tab.be_ready()
    back = shown.tab.see_message(title, in_view=True)
    expect(back.locator(".live-alert-taken")).to_contain_text("takes care of it")


def test_an_alert_that_was_forgotten_is_quiet(
    browse: Browse, url: str, cast: Cast, room: int, metric: str, complaints: Complaints
) -> None:
    complaints.expect("404")
    board = make_board(url, cast.alice, panel("a", metric))
    tab = browse(cast.bob)
    gone = {"ok": False, "error": {"code": "not_found", "message": "There is no such alert."}}
    tab.page.route(re.compile(r"/api/v1/alerts/\d+$"), lambda route: route.fulfill(status=404, json=gone))
    tab.open_room(room)
    title = make_rule(url, cast, metric, board, room)
    expect(tab.message(title)).to_have_count(1, timeout=JUDGED_MS)
    alert = tab.see_message(title, in_view=True).locator(".live-alert")
    expect(alert.locator(".live-alert-state")).to_have_text("Quiet")
    expect(alert.locator("time")).to_be_empty()
    expect(alert.get_by_role("button", name="Acknowledge")).to_be_hidden()
