"""The talk beside the charts: live charts in rooms, and messages that charts show."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.boards import (
    BoardPage,
    fresh_metric,
    history,
    link_to,
    make_board,
    marks_of,
    measure,
    panel,
    push,
    see_measured,
)
from tests.browser.conftest import NARROW, WIDE, Browse, Cast, Complaints
from tests.browser.pages import Rooms
from tests.browser.test_pages import check_with_axe


@pytest.fixture
def metric(url: str, cast: Cast) -> str:
    """Two minutes of three hosts."""
    name = fresh_metric()
    push(url, cast.alice, history(name, 120))
    return name


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
    see_measured(url, cast.alice, metric, 77, chart)
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
    see_measured(url, cast.alice, metric, 51, chart)
    tab.go_offline()
    measure(url, cast.alice, metric, 52)
    tab.go_online()
    expect(chart.locator(".live-chart-summary")).to_contain_text("highest 52")
    see_measured(url, cast.alice, metric, 53, chart)


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
    alice.reload()
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
