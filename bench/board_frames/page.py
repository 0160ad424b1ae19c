"""What a page does with its time, by its own clock and by the browser's books."""

import math
import time
from typing import NamedTuple

from playwright.sync_api import Page

from tests.support.people import PASSWORD

LATE_MS = 20
"""A frame is due every 16.7 ms. One that comes later than this was missed."""

_WATCH = """() => {
  const found = (window.frames60 = { deltas: [], tasks: 0, stop: false })
  new PerformanceObserver((list) => (found.tasks += list.getEntries().length)).observe({ type: "longtask" })
  let last = performance.now()
  const frame = (now) => {
    found.deltas.push(now - last)
    last = now
    if (!found.stop) requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}"""
_BOOKS = ("TaskDuration", "ScriptDuration", "LayoutDuration", "JSHeapUsedSize")


class Measured(NamedTuple):
    """Frames a second, how many were late, the longest (ms), tasks of more than 50 ms, ms a second of the main thread,
    of it in scripts and in layout, and the megabytes that scripts hold."""

    rate: float
    late: int
    longest: float
    long_tasks: int
    busy: float
    script: float
    layout: float
    memory: float


def measure(page: Page, seconds: int, *, mouse: bool = False) -> Measured:
    """Watches the page for so many seconds, perhaps with a mouse that goes over its charts all the time."""
    books = page.context.new_cdp_session(page)
    books.send("Performance.enable")
    page.evaluate(_WATCH)
    before, begun = _read(books), time.monotonic()
    while (gone := time.monotonic() - begun) < seconds:
        if mouse:
            page.mouse.move(250 + 200 * math.sin(gone * 3), 210 + 40 * math.cos(gone * 5))
        page.wait_for_timeout(16 if mouse else 250)
    after, gone = _read(books), time.monotonic() - begun
    found = page.evaluate("() => { window.frames60.stop = true; return window.frames60 }")
    deltas = found["deltas"][1:]
    busy, script, layout = ((after[name] - before[name]) * 1_000 / gone for name in _BOOKS[:3])
    late = sum(delta > LATE_MS for delta in deltas)
    memory = after["JSHeapUsedSize"] / 1e6
    return Measured(len(deltas) / gone, late, max(deltas), found["tasks"], busy, script, layout, memory)


def sign_in(page: Page, name: str) -> None:
    """Signs in with the form."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/rooms/**")


def _read(books: object) -> dict[str, float]:
    metrics = books.send("Performance.getMetrics")["metrics"]  # type: ignore[attr-defined]
    return {one["name"]: one["value"] for one in metrics if one["name"] in _BOOKS}
