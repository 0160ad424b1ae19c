"""Makes docs/screenshot.png from a real site with the demo team: `python -m tests.browser.screenshot`."""

import sys

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS, WIDE
from tests.browser.pages import Rooms
from tests.support import chromium
from tests.support.installation import Installation
from tests.support.site import ROOT, manage

PASSWORD = "watchroom"
ROOM = "incidents"


def main() -> None:
    installation = Installation(1)
    manage(installation.environment, "demo", "--password", PASSWORD)
    installation.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
            for person in ("tomas", "priya"):  # so that somebody is online
                sign_in(browser.new_context(base_url=installation.urls[0]).new_page(), person)
            maya = sign_in(
                browser.new_context(
                    base_url=installation.urls[0], viewport=WIDE, device_scale_factor=1
                ).new_page(),
                "maya",
            )
            maya.page.screenshot(path=ROOT / "docs" / "screenshot.png")
            browser.close()
    finally:
        installation.remove()


def sign_in(page: Page, name: str) -> Rooms:
    rooms = Rooms(page)
    rooms.sign_in(name, PASSWORD)
    rooms.be_ready()
    room = page.locator(".room-item").filter(has_text=ROOM).get_attribute("data-room")
    rooms.choose_room(int(room or 0))
    rooms.see_connection("Live")
    return rooms


if __name__ == "__main__":
    sys.exit(main())
