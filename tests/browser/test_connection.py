"""One connection a browser; and when WebSocket is refused, the page goes on without it and says so."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse, Cast, Complaints
from tests.browser.refusing_proxy import RefusingProxy
from tests.support.installation import Installation

TABS = 10
TRANSPORTS = ("/ws/", "/events/", "/poll/")
ID = "00000000-0000-4000-8000-000000000001"


def see_connections(page: Page, count: int) -> None:
    """The site itself says how many there are, of all kinds."""
    page.wait_for_function(
        """async (count) => {
            const metrics = await (await fetch("/metrics")).text();
            const lines = metrics.split("\\n").filter((line) => line.startsWith("watchroom_connections{"));
            return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0) === count;
        }""",
        arg=count,
        polling=250,
    )


def test_ten_tabs_share_one_connection_and_outlive_the_tab_that_holds_it(
    browse: Browse, cast: Cast, room: int, url: str, complaints: Complaints
) -> None:
    # Which tab is to hold the connection is settled by trying, and the losers say so.
    complaints.expect("closed before the connection is established")
    first = browse(cast.alice)
    first.open_room(room)
    others = [first.new_tab() for _ in range(TABS - 1)]
    for tab in others:
        tab.open_room(room)
    see_connections(first.page, 1)

    first.send_message("to all ten")
    for tab in others:
        tab.see_message("to all ten")

    first.page.close()
    cast.bob.command(url, "message.send", room=room, body="after it closed", client_id=ID)
    for tab in others:
        tab.see_messages("to all ten", "after it closed")
        tab.see_connection("Live")
    see_connections(others[0].page, 1)


def test_without_websocket_the_page_is_live_over_sse(
    browse: Browse, cast: Cast, room: int, complaints: Complaints, without_websocket: str
) -> None:
    complaints.expect("WebSocket connection to")
    alice, bob = browse(cast.alice, base_url=without_websocket), browse(cast.bob)
    bob.open_room(room)
    alice.open_room(room, live=False)

    alice.see_connection("Live over SSE")
    alice.send_message("by another way")
    bob.see_message("by another way")
    bob.send_message("I hear you")
    alice.see_messages("by another way", "I hear you")


def test_where_nobody_answers_the_upgrade_only_the_first_page_waits(
    browse: Browse, cast: Cast, room: int, complaints: Complaints, installation: Installation
) -> None:
    complaints.expect("WebSocket connection to")
    with RefusingProxy(installation.sites[0].port, silent=True) as proxy:
        first = browse(cast.alice, base_url=proxy.url)
        first.open_room(room, live=False)
        first.see_connection("Live over SSE")
        assert proxy.upgrades
        second, tried = first.new_tab(), []
        first.page.close()
        second.page.on("websocket", lambda socket: tried.append(urlsplit(socket.url).path))
        second.page.on("request", lambda request: tried.append(urlsplit(request.url).path))
        second.open_room(room, live=False)
        second.see_connection("Live over SSE")
        assert next(path for path in tried if path in TRANSPORTS) == "/events/"


def test_without_sse_too_it_is_live_over_long_poll(
    browse: Browse, cast: Cast, room: int, complaints: Complaints, without_websocket: str
) -> None:
    complaints.expect("WebSocket connection to", "/events/")
    alice, bob = browse(cast.alice, base_url=without_websocket), browse(cast.bob)
    bob.open_room(room)
    alice.page.route("**/events/**", lambda route: route.abort())
    alice.open_room(room, live=False)

    alice.see_connection("Live over long-poll")
    bob.send_message("still here")
    alice.see_message("still here")
    alice.send_message("so am I")
    bob.see_message("so am I")


def test_a_lost_connection_is_said_and_can_be_tried_again_by_hand(
    browse: Browse, cast: Cast, room: int, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.go_offline()
    alice.see_connection(re.compile("Offline|Reconnecting"))
    alice.go_online()
    alice.page.locator("[data-connection]").first.click()
    alice.see_connection("Live")


def test_losing_access_is_said_at_once(browse: Browse, cast: Cast, room: int, url: str) -> None:
    bob = browse(cast.bob)
    bob.open_room(room)
    cast.alice.command(url, "room.remove", room=room, user=cast.bob.id)
    bob.see_toast("no longer have access")
    expect(bob.page.locator(f'.room-item[data-room="{room}"]')).to_have_count(0)
    expect(bob.page).to_have_url(re.compile(r"/rooms/$"))


def test_a_room_whose_position_is_void_is_loaded_again_in_place(
    browse: Browse, cast: Cast, room: int, url: str, installation: Installation, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.send_message("kept")
    alice.see_message("kept")
    alice.write("half a thought")

    alice.page.evaluate("window.notReloaded = true")
    alice.go_offline()
    installation.shell.manage("rotate_epoch")
    alice.go_online()

    cast.bob.command(url, "message.send", room=room, body="after", client_id=ID)
    alice.see_messages("kept", "after")
    expect(alice.composer).to_have_value("half a thought")
    assert alice.page.evaluate("window.notReloaded")


def test_a_room_that_cannot_be_loaded_again_at_once_is_loaded_soon(
    browse: Browse, cast: Cast, room: int, url: str, installation: Installation, complaints: Complaints
) -> None:
    complaints.expect("ERR_FAILED")
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.page.route(f"**/rooms/{room}/", lambda route: route.abort(), times=1)
    with alice.page.expect_event("requestfailed"):
        installation.shell.manage("rotate_epoch")
    cast.bob.command(url, "message.send", room=room, body="after", client_id=ID)
    alice.see_messages("after")
