"""The talk beside the charts: live charts in rooms, alerts that are said there, and messages that charts show."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.boards import BoardPage, fresh_metric, history, make_board, panel, push
from tests.browser.conftest import NARROW, WIDE, Browse, Cast, Complaints
from tests.browser.inbox import Inbox
from tests.browser.pages import Rooms
from tests.browser.test_pages import check_with_axe


@pytest.fixture
def metric(url: str, cast: Cast) -> str:
    """Two minutes of three hosts."""
    name = fresh_metric()
    push(url, cast.alice, history(name, 120))
    return name


def measure(url: str, cast: Cast, metric: str, value: float) -> None:
    """One more value, of now."""
    push(url, cast.alice, [{"name": metric, "value": value, "labels": {"host": "web-1"}, "at": time.time()}])


def see_value(chart: Locator, value: str) -> None:
    expect(chart.locator(".live-chart-value")).to_have_text(value)


def marks_of(page: Page, message: Locator) -> Locator:
    """Where charts show this message, alone or with others."""
    return page.locator(f'.annotation[data-ids~="message.{message.get_attribute("data-id")}"]')


def link_to(place: Locator, message: Locator) -> Locator:
    return place.locator(f'.annotation-link[data-id="message.{message.get_attribute("data-id")}"]')


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
    expect(drawer.locator(".brief-title", has_text=title)).to_be_visible(timeout=40_000)
    tab.page.keyboard.press("Escape")

    said = tab.see_message(title, in_view=True)
    alert = said.locator(".live-alert")
    expect(alert.locator(".live-alert-state")).to_have_text("Firing, Critical")
    expect(alert.locator(".u-over")).to_be_visible()
    for value in (42, 43):
        measure(url, cast, metric, value)
        see_value(alert, str(value))
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


def test_a_live_chart_is_posted_by_a_few_keys(
    browse: Browse, url: str, cast: Cast, room: int, metric: str
) -> None:
    tab = browse(cast.bob)
    tab.open_room(room)
    options = tab.page.locator("#completions .option")
    tab.composer.press_sequentially("/me")
    expect(options).to_have_count(1)
    tab.composer.press("Enter")
    expect(tab.composer).to_have_value("/metric ")
    tab.composer.press_sequentially(metric[:-1])
    expect(options.filter(has_text=metric).first).to_be_visible()
    tab.composer.press_sequentially(f"{metric[-1]} ho")
    expect(options).to_have_text(["host=web-1, web-2, web-3"])
    tab.composer.press("Enter")
    expect(options.filter(has_text="host=web-2")).to_be_visible()
    tab.composer.press_sequentially("web-1 15m")
    tab.composer.press("Enter")
    chart = tab.see_message(f"/metric {metric} host=web-1 15m", in_view=True).locator(".live-chart")
    expect(chart.locator(".live-chart-title")).to_have_text(f"{metric} avg (host=web-1)")
    measure(url, cast, metric, 77)
    see_value(chart, "77")
    expect(chart.locator(".live-chart-summary")).to_contain_text("highest 77")
    chart.hover()
    chart.get_by_role("button", name="Show the numbers").click()
    expect(chart.locator(".numbers tbody tr").first).to_be_visible()
    chart.get_by_role("link", name="Open it large").click()
    expect(tab.page.locator("h1")).to_have_text(f"{metric} avg (host=web-1)")
    expect(tab.page.locator("[data-edit=begin]")).to_be_hidden()


def test_a_chart_that_is_no_longer_kept_says_so(
    browse: Browse, cast: Cast, room: int, metric: str, complaints: Complaints
) -> None:
    complaints.expect("404")
    tab = browse(cast.bob)
    gone = {"ok": False, "error": {"code": "not_found", "message": "There is no board."}}
    tab.page.route("**/api/v1/boards/chart-*", lambda route: route.fulfill(status=404, json=gone))
    tab.open_room(room)
    tab.composer.fill(f"/metric {metric} 15m")
    tab.composer.press("Enter")
    chart = tab.see_message(f"/metric {metric} 15m", in_view=True).locator(".live-chart")
    expect(chart.locator(".panel-nothing")).to_have_text("This chart is no longer kept")


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
    expect(tab.message(title)).to_have_count(1, timeout=40_000)
    alert = tab.see_message(title, in_view=True).locator(".live-alert")
    expect(alert.locator(".live-alert-state")).to_have_text("Quiet")
    expect(alert.locator("time")).to_be_empty()
    expect(alert.get_by_role("button", name="Acknowledge")).to_be_hidden()


def test_a_command_that_names_nothing_there_is_says_what_there_is(
    browse: Browse, cast: Cast, room: int, metric: str, complaints: Complaints
) -> None:
    tab = browse(cast.bob)
    tab.open_room(room)
    tab.send_message(f"/metric {metric} hots=web-1")
    expect(tab.see_pending(metric)).to_contain_text("has no label “hots”. Did you mean host?")
    tab.send_message("/nothing is just text")
    tab.see_message("/nothing is just text")


def test_a_chart_has_its_height_before_it_is_drawn_and_keeps_the_newest_in_view(
    browse: Browse, url: str, cast: Cast, room: int, metric: str
) -> None:
    for number in range(12):
        cast.alice.command(url, "message.send", room=room, body=f"Line {number}", client_id=_id(number))
    tab = browse(cast.bob)
    held: list[Any] = []
    tab.page.route("**/dashboard/attachment_chart.js", lambda route: held.append(route))
    tab.open_room(room)
    with tab.page.expect_request("**/dashboard/attachment_chart.js"):
        tab.send_message(f"/metric {metric} 15m")
    place = tab.see_message("/metric").locator(".attachment")
    expect(place).to_be_in_viewport()
    before = place.bounding_box()
    with tab.page.expect_response("**/dashboard/attachment_chart.js"):
        held.pop().continue_()
    expect(place.locator(".u-over")).to_be_visible()
    assert place.bounding_box() == before
    expect(tab.page.locator("#jump-newest")).to_be_hidden()


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


@pytest.mark.parametrize("way", ["WebSocket", "SSE", "long-poll"])
def test_a_chart_goes_on_over_every_transport_and_after_an_outage(
    browse: Browse,
    url: str,
    cast: Cast,
    room: int,
    metric: str,
    without_websocket: str,
    complaints: Complaints,
    way: str,
) -> None:
    complaints.expect("WebSocket connection to", "/events/", "ERR_INTERNET_DISCONNECTED")
    cast.alice.command(url, "message.send", room=room, body=f"/metric {metric} max 5m", client_id=_id(0))
    tab = browse(cast.bob, base_url=url if way == "WebSocket" else without_websocket)
    if way == "long-poll":
        tab.page.route("**/events/**", lambda route: route.abort())
    tab.open_room(room, live=False)
    tab.see_connection("Live" if way == "WebSocket" else f"Live over {way}")
    chart = tab.see_message("/metric").locator(".live-chart")
    measure(url, cast, metric, 51)
    see_value(chart, "51")
    tab.go_offline()
    measure(url, cast, metric, 52)
    tab.go_online()
    see_value(chart, "52")
    measure(url, cast, metric, 53)
    see_value(chart, "53")


def test_a_message_is_pinned_to_another_time_moved_and_unpinned(
    browse: Browse, url: str, cast: Cast, room: int, metric: str
) -> None:
    board = make_board(url, cast.alice, panel("a", metric), panel("b", metric, type="heatmap"))
    alice, bob = browse(cast.alice), browse(cast.bob)
    for tab in (alice, bob):
        tab.open_room(room)
    bob.send_message("Deployed")
    shown = BoardPage(alice.new_tab()).open(board)
    said = alice.see_message("Deployed")
    marks, listed = marks_of(shown.page, said), link_to(shown.page.locator("#annotations-menu"), said)
    expect(marks).to_have_count(0)
    alice.act("Deployed", "pin")
    alice.page.locator("#pin .primary").click()
    expect(bob.message("Deployed").locator(".message-pin")).to_be_visible()
    expect(marks).to_have_count(2)  # one on each chart, without a reload
    shown.page.locator(".annotations-button").click()
    listed.focus()
    expect(shown.page.locator(".annotation.is-pointed")).to_have_count(2)

    bob.message("Deployed").locator(".message-pin").click()
    bob.page.locator("#pin-at").fill("2026-01-01T12:00:00")
    bob.page.get_by_role("button", name="Move").click()
    expect(alice.message("Deployed").locator(".message-pin")).to_contain_text("12:00")
    expect(marks).to_have_count(0)
    expect(listed).to_have_count(0)
    alice.page.reload()
    alice.message("Deployed").locator(".message-pin").click()
    alice.page.locator("#pin [data-unpin]").click()
    expect(bob.message("Deployed").locator(".message-pin")).to_be_hidden()


def test_charts_in_the_talk_and_talk_on_the_charts_have_no_serious_barrier(
    browse: Browse, url: str, cast: Cast, room: int, metric: str
) -> None:
    board = make_board(url, cast.alice, panel("a", metric))
    said = cast.alice.command(url, "message.send", room=room, body=f"/metric {metric} 5m", client_id=_id(1))
    cast.alice.command(url, "message.pin", message=said["id"])
    for viewport in (WIDE, NARROW):
        tab: Rooms = browse(cast.bob, viewport=viewport)
        tab.open_room(room)
        expect(tab.page.locator(".live-chart .u-over")).to_be_visible()
        expect(tab.page.locator(".live-chart .annotation").first).to_be_visible()
        check_with_axe(tab.page)
        shown = BoardPage(tab).open(board)
        expect(shown.page.locator(".annotation").first).to_be_visible()
        shown.page.locator(".annotations-button").click()
        check_with_axe(shown.page)
