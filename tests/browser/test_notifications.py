"""One inbox: on every page, in every tab and every browser of a person at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Browse, Cast, Complaints
from tests.browser.inbox import Inbox, tell, titles
from tests.browser.test_connection import see_connections
from tests.browser.test_pages import check_with_axe
from tests.support.installation import Installation
from tests.support.people import Person

TABS = 10
PAGES = ("/settings/", "/notifications/", "/notifications/preferences/", "/accounts/email/", "/rooms/")


@pytest.fixture
def dora(installation: Installation) -> Person:
    """Somebody new, whose inbox is empty."""
    return installation.people(1, with_password=True)[0]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_bell_that_counts_as_things_happen(
    browse: Browse, dora: Person, url: str, path: str
) -> None:
    inbox = Inbox(browse(dora)).open(path)
    inbox.see_unread(0)
    tell(url, dora, "Something")
    inbox.see_unread(1)
    inbox.see_title("(1) ")


def test_what_is_read_in_one_browser_is_gone_in_the_other_by_itself(
    browse: Browse, dora: Person, url: str
) -> None:
    tell(url, dora, "Disk full", priority=5)
    here, there, chat = (Inbox(browse(dora)) for _ in range(3))
    here.open()
    there.open()
    chat.open("/rooms/")
    for inbox in (here, there, chat):
        inbox.see_unread(1)
    there.see("Disk full")

    here.row("Disk full").hover()
    here.row("Disk full").locator("[data-do=read]").click()

    there.see_unread(0)
    expect(there.row("Disk full")).to_have_count(0)
    chat.see_unread(0)


def test_ten_tabs_share_one_stream(browse: Browse, dora: Person, url: str) -> None:
    first = browse(dora)
    requests: list[str] = []
    sockets: list[str] = []
    first.context.on("request", lambda request: requests.append(request.url))
    tabs = [Inbox(first), *(Inbox(first.new_tab()) for _ in range(TABS - 1))]
    for tab in tabs:
        tab.page.on("websocket", lambda socket: sockets.append(socket.url))
        tab.open("/settings/")
    see_connections(first.page, 1)
    tell(url, dora, "To all ten")
    for tab in tabs:
        tab.see_unread(1)
    see_connections(first.page, 1)
    assert [address for address in requests if "/events/" in address]
    assert sockets == []


def test_an_event_source_gets_each_notification_once_whatever_happens_to_the_server(
    browse: Browse, dora: Person, installation: Installation, url: str, complaints: Complaints
) -> None:
    complaints.expect("/events/", "/api/v1/commands/")
    tab = browse(dora)
    tab.open("/api/v1/notifications")  # any page of the site without scripts of its own
    tab.page.evaluate(
        """(user) => {
            window.got = [];
            const source = new EventSource(`/events/?cursor=inbox.${user}:0`);
            source.addEventListener("notification.created", (event) => got.push(JSON.parse(event.data).data.title));
        }""",
        dora.id,
    )
    expected = []
    for _ in range(3):
        for title in titles(20):
            tell(url, dora, title)
            expected.append(title)
        installation.sites[0].kill()
        installation.sites[0].start()
    tell(url, dora, "The last one")
    tab.page.wait_for_function("() => window.got.includes('The last one')", timeout=60_000)
    assert tab.page.evaluate("got") == [*expected, "The last one"]


def test_what_is_urgent_comes_up_and_stays_until_somebody_takes_it(
    browse: Browse, dora: Person, url: str
) -> None:
    page = Inbox(browse(dora)).open("/settings/").page
    tell(url, dora, "Only so you know")
    tell(url, dora, "Checkout is down", priority=5, link="/rooms/")
    card = page.locator(".notice-card")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Checkout is down")
    with page.expect_response("**/notification.acknowledge"):
        card.get_by_role("button", name="Acknowledge").click()
    expect(card).to_have_count(0)
    with dora.http(url) as http:
        (found,) = http.get("/api/v1/notifications", params={"priority": 5}).json()["notifications"]
    assert found["acknowledged_at"]


def test_the_drawer_has_the_newest_and_leads_to_their_exact_place(
    browse: Browse, cast: Cast, room: int, url: str
) -> None:
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.send_message(f"@{cast.bob.name} here it is")
    bob = Inbox(browse(cast.bob)).open("/settings/")
    drawer = bob.open_drawer()
    mention = drawer.locator(".brief.is-unread").first
    expect(mention).to_contain_text("here it is")
    mention.locator("a").click()
    bob.page.wait_for_url(re.compile(rf"/rooms/{room}/\?at=\d+"))
    bob.tab.see_message("here it is", in_view=True)
    with cast.bob.http(url) as http:
        newest = http.get("/api/v1/notifications").json()["notifications"][0]
    assert newest["read_at"]


def test_in_the_chat_a_notification_leads_to_its_room_without_a_new_page(
    browse: Browse, cast: Cast, room: int
) -> None:
    bob = Inbox(browse(cast.bob))
    bob.open("/rooms/")
    alice = browse(cast.alice)
    alice.open_room(room)
    alice.send_message(f"@{cast.bob.name} over here")
    bob.page.evaluate("window.same = true")
    bob.open_drawer().locator(".brief", has_text="over here").locator("a").click()
    expect(bob.page.locator(f'#main[data-room="{room}"]')).to_be_attached()
    bob.tab.see_message("over here")
    assert bob.page.evaluate("window.same")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_pages_have_no_serious_barrier(
    browse: Browse, dora: Person, url: str, viewport: dict[str, int]
) -> None:
    for number, title in enumerate(titles(3)):
        tell(url, dora, title, body="What there is to say.", priority=3 + number, link="/rooms/")
    inbox = Inbox(browse(dora, viewport=viewport)).open()
    inbox.page.locator("[data-tick]").first.check()
    check_with_axe(inbox.page)
    for path in ("/notifications/?show=all", "/notifications/?q=zebra", "/notifications/preferences/"):
        inbox.open(path)
        check_with_axe(inbox.page)
    drawer = inbox.open_drawer()
    expect(drawer.locator(".brief")).to_have_count(3)
    check_with_axe(inbox.page)
    inbox.press("Escape")
    tell(url, dora, "Comes up", priority=5)
    expect(inbox.page.locator(".notice-card")).to_be_visible()
    check_with_axe(inbox.page)
