"""python -m bench.board_frames [--panels 40] [--series 10] [--seconds 20] [--last 15m]: see bench/README.md."""

import argparse
import sys

from playwright.sync_api import Browser, sync_playwright

from bench.board_frames.feed import Feed, make_board
from bench.board_frames.page import Measured, measure, sign_in
from tests.support import chromium
from tests.support.installation import Installation

FLAGS = ("--no-sandbox", "--disable-gpu")
TALL = {"width": 1440, "height": 2100}
"""All forty panels are in sight: what is not, is not drawn."""


def main() -> int:
    """Prints a line for each way of looking at the board."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--panels", type=int, default=40)
    options.add_argument("--series", type=int, default=10)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--last", default="15m")
    wanted = options.parse_args()
    program = chromium.find()
    if not program:
        sys.exit("needs Chromium")
    site = Installation(1, LIMIT_SAMPLES_PER_SECOND="0", METRICS_OWN="0")
    try:
        site.start()
        (person,) = site.people(1, with_password=True)
        with Feed(site.urls[0], person, wanted.series) as feed, sync_playwright() as playwright:
            slug = make_board(site.urls[0], person, feed.metric, wanted.panels)
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            _print(
                _measured(
                    browser,
                    site.urls[0],
                    person.name,
                    f"/dashboard/{slug}/?last={wanted.last}",
                    wanted.seconds,
                )
            )
    finally:
        site.remove()
    return 0


def _measured(browser: Browser, url: str, name: str, address: str, seconds: int) -> dict[str, Measured]:
    context = browser.new_context(base_url=url, viewport=TALL)
    page = context.new_page()
    sign_in(page, name)
    page.goto(address)
    page.wait_for_selector("#board:not([aria-busy])")
    found = {
        "live": measure(browser, page, seconds),
        "live, the mouse moving": measure(browser, page, seconds, mouse=True),
    }
    page.goto("/dashboard/")
    return found | {"a page at rest": measure(browser, page, seconds)}


def _print(found: dict[str, Measured]) -> None:
    print(
        f"{'':24} frames/s  late  own fault  longest  blocked  main thread  script  layout  compositing  JS memory"
    )
    for name, one in found.items():
        print(
            f"{name:24} {one.rate:8.1f} {one.late:5} {one.own:10} {one.longest:5.0f} ms {one.long_tasks:8}"
            f" {one.busy:7.0f} ms/s {one.script:4.0f}/s {one.layout:5.0f}/s {one.others:7.0f} ms/s {one.memory:7.1f} MB"
        )


if __name__ == "__main__":
    sys.exit(main())
