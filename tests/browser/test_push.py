"""Beyond the page: leave is asked for on a click only; what is pushed opens its place; what is read is taken down."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import Browse
from tests.browser.inbox import Inbox, tell
from tests.support.installation import Installation
from tests.support.people import PASSWORD, Person

EVENTS_MAX = 200

# A browser of a test has no push service, and nobody to answer its questions: the page is given both.
ASKED = """
window.asked = 0;
Object.defineProperty(Notification, "permission", { get: () => window.asked ? "granted" : "default" });
Notification.requestPermission = async () => { window.asked += 1; return "granted" };
"""
PUSH_SERVICE = """
const keys = { p256dh: "B" + "x".repeat(86), auth: "y".repeat(22) };
let current = null;
const subscription = (key) => ({
    endpoint: "https://push.example.org/" + key.length,
    toJSON() { return { endpoint: this.endpoint, keys } },
    async unsubscribe() { current = null },
});
PushManager.prototype.subscribe = async ({ applicationServerKey }) => (current = subscription(applicationServerKey));
PushManager.prototype.getSubscription = async () => current;
"""


LASTING = """
const renewed = { endpoint: "https://push.example.org/1", async unsubscribe() { localStorage.removeItem("its") } };
const keys = { p256dh: "B" + "x".repeat(86), auth: "y".repeat(22) };
renewed.toJSON = () => ({ endpoint: renewed.endpoint, keys });
PushManager.prototype.subscribe = async () => (localStorage.setItem("its", "on"), renewed);
PushManager.prototype.getSubscription = async () => (localStorage.getItem("its") ? renewed : null);
"""
"""A push service whose subscription outlives the page, as a browser keeps it."""


@pytest.fixture
def browser(whole_browser: Browser) -> Browser:
    return whole_browser


@pytest.fixture
def fay(installation: Installation) -> Person:
    """Somebody new, whose inbox is empty."""
    return installation.people(1, with_password=True)[0]


def see_shown(page: Page, *titles: str) -> None:
    page.wait_for_function(
        """async (titles) => {
            const registration = await navigator.serviceWorker.ready;
            const found = (await registration.getNotifications()).map(({ title }) => title).sort();
            return JSON.stringify(found) === JSON.stringify(titles);
        }""",
        arg=sorted(titles),
        polling=100,
    )


class Worker:
    """The service worker of a browser, and pushes as its push service would deliver them."""

    def __init__(self, page: Page, origin: str) -> None:
        self.origin = origin
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        self.ids: list[str] = []
        self.devtools.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self.devtools.send("ServiceWorker.enable")
        for _ in range(EVENTS_MAX):  # each question lets one more of the browser's events in
            if not self.ids:
                page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def _registered(self, event: dict[str, Any]) -> None:
        self.ids += [one["registrationId"] for one in event["registrations"] if not one["isDeleted"]]

    def push(self, **message: Any) -> None:
        self.devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.origin, "registrationId": self.ids[-1], "data": json.dumps(message)},
        )


@pytest.fixture
def granted(browse: Browse, fay: Person) -> Inbox:
    """Fay's inbox, in a browser that may show notifications and has the worker."""
    inbox = Inbox(browse(fay, permissions=["notifications"])).open("/settings/")
    inbox.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return inbox


def test_leave_is_asked_for_on_a_click_and_never_before(browse: Browse, fay: Person) -> None:
    tab = browse(fay)
    tab.context.add_init_script(ASKED)
    inbox = Inbox(tab)
    for path in ("/rooms/", "/settings/", "/notifications/", "/notifications/preferences/"):
        inbox.open(path)
        inbox.page.mouse.click(5, 400)
        assert inbox.page.evaluate("window.asked") == 0
    inbox.open_drawer()
    assert inbox.page.evaluate("window.asked") == 0
    inbox.page.get_by_role("button", name="Turn on").click()
    inbox.see_said("You will be told on this device.")
    assert inbox.page.evaluate("window.asked") == 1
    expect(inbox.page.locator("#drawer-ask")).to_be_hidden()


def test_not_now_is_remembered(browse: Browse, fay: Person) -> None:
    tab = browse(fay)
    tab.context.add_init_script(ASKED)
    inbox = Inbox(tab).open("/settings/")
    inbox.open_drawer()
    inbox.page.get_by_role("button", name="Not now").click()
    inbox.open("/notifications/")
    inbox.open_drawer()
    expect(inbox.page.locator("#drawer-ask")).to_be_hidden()


def test_push_is_turned_on_and_off_and_the_device_is_known_meanwhile(browse: Browse, fay: Person) -> None:
    tab = browse(fay)
    tab.context.add_init_script(ASKED + PUSH_SERVICE)
    page = Inbox(tab).open("/notifications/preferences/").page
    switch = page.get_by_role("switch", name="Push", exact=True)
    switch.click()
    expect(page.locator(".notice-said")).to_contain_text("Push is on")
    row = page.locator("#device-list > li", has_text="Chrome on Linux")
    expect(row.get_by_text("This browser")).to_be_visible()
    expect(switch).to_be_checked()
    switch.click()
    expect(row).to_have_count(0)
    expect(switch).not_to_be_checked()
    page.reload()
    expect(page.get_by_text("None yet. Turn push on above.")).to_be_visible()


def test_who_signs_out_leaves_no_push_behind(browse: Browse, fay: Person) -> None:
    tab = browse(None)
    tab.sign_in(fay.name, PASSWORD)
    tab.context.add_init_script(ASKED + PUSH_SERVICE)
    page = Inbox(tab).open("/notifications/preferences/").page
    page.get_by_role("switch", name="Push", exact=True).click()
    expect(page.locator("#device-list > li")).to_have_count(1)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    tab.sign_in(fay.name, PASSWORD)
    Inbox(tab).open("/notifications/preferences/")
    expect(page.get_by_text("None yet. Turn push on above.")).to_be_visible()


def test_who_signs_in_anew_in_the_same_browser_goes_on_taking_push(browse: Browse, fay: Person) -> None:
    tab = browse(None, permissions=["notifications"])
    tab.context.add_init_script(LASTING)
    tab.sign_in(fay.name, PASSWORD)
    page = Inbox(tab).open("/notifications/preferences/").page
    page.get_by_role("switch", name="Push", exact=True).click()
    expect(page.locator("#device-list > li")).to_have_count(1)
    kept = page.evaluate("localStorage['watchroom.push']")
    tab.context.clear_cookies()
    tab.sign_in(fay.name, PASSWORD)
    page.wait_for_function("(kept) => localStorage['watchroom.push'] !== kept", arg=kept)
    Inbox(tab).open("/notifications/preferences/")
    expect(page.locator("#device-list > li")).to_contain_text("This browser")


def test_what_is_pushed_is_shown_once_and_taken_down_silently(granted: Inbox, url: str) -> None:
    worker = Worker(granted.page, url)
    worker.push(id=901, revision=1, title="Disk full", body="", link="/rooms/", actions=[], priority=4)
    see_shown(granted.page, "Disk full")
    worker.push(id=901, revision=2, title="2 disks full", body="", link="/rooms/", actions=[], priority=4)
    see_shown(granted.page, "2 disks full")
    worker.push(withdraw=901)
    see_shown(granted.page)


def test_what_is_read_elsewhere_leaves_the_desktop(
    granted: Inbox, browse: Browse, fay: Person, url: str
) -> None:
    tell(url, fay, "Disk full")
    with fay.http(url) as http:
        (found,) = http.get("/api/v1/notifications").json()["notifications"]
    Worker(granted.page, url).push(**found)
    see_shown(granted.page, "Disk full")
    other = Inbox(browse(fay)).open()
    other.press("j", "e")
    see_shown(granted.page)


def test_the_way_from_a_notification_marks_it_read_and_ends_at_its_place(
    browse: Browse, fay: Person, url: str
) -> None:
    tell(url, fay, "Look", link="/settings/#tokens")
    with fay.http(url) as http:
        (found,) = http.get("/api/v1/notifications").json()["notifications"]
    inbox = Inbox(browse(fay)).open(f"/notifications/{found['id']}/open/")
    expect(inbox.page).to_have_url(re.compile(r"/settings/#tokens$"))
    inbox.see_unread(0)
