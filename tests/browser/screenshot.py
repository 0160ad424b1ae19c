"""Takes the README's picture of the page with the demo team in it: `python -m tests.browser.screenshot`."""

import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.pages import Rooms
from tests.support import chromium
from tests.support.site import ROOT, Site, manage, site_environment

PICTURE = ROOT / "docs" / "screenshot.png"
PASSWORD = "only for a picture"
SIZE: ViewportSize = {"width": 1280, "height": 800}
ROOM = "incidents"
VIEWER = "maya"
OTHERS = ("ellen", "priya", "tomas")
FIX = """Found it. The retry never gave up on an expired token:

```python
while attempts < RETRIES_MAX:
    attempts += 1
    done = send(batch, token=fresh_token())
```"""


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = site_environment(data_dir=Path(home))
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "demo", "--password", PASSWORD)
        site = Site(environment)
        site.start()
        try:
            take(site.url)
        finally:
            site.kill()


def take(url: str) -> None:
    """Three of the team are there; one of them is writing."""
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)

        def enter(name: str) -> Rooms:
            context = browser.new_context(
                base_url=url, viewport=SIZE, device_scale_factor=2, color_scheme="light", locale="en-GB"
            )
            rooms = Rooms(context.new_page())
            rooms.sign_in(name, PASSWORD)
            rooms.page.locator(".room-link", has_text=ROOM).click()
            expect(rooms.page.locator("#room-name")).to_have_text(ROOM)
            rooms.see_connection("Live")
            return rooms

        ellen, priya, tomas = (enter(name) for name in OTHERS)
        maya = enter(VIEWER)
        priya.send_message(FIX)
        tomas.see_message("Found it.")
        tomas.react("Found it.", "tada")
        ellen.reply("Found it.", "Rolled out to all three regions, queues are draining.")
        ellen.send_message("@maya will you tell the customers, or shall I?")
        maya.see_message("shall I?")
        maya.react("Found it.", "tada")
        maya.see_reaction("Found it.", "🎉", 2)
        for name in OTHERS:
            expect(maya.page.locator("#online-list .person", has_text=name[:3].title())).to_have_count(1)
        tomas.composer.press_sequentially("I can")
        expect(maya.page.locator("#typing")).to_contain_text("is writing")
        maya.composer.focus()
        maya.page.mouse.move(0, 0)
        maya.page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
