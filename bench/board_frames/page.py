"""What a page does with its time, by its own clock and by the browser's books."""

import json
import math
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Page

from tests.support.people import PASSWORD

FRAME_MS = 1_000 / 60
LATE_MS = 20
"""One that comes later than this after the one before it was missed."""
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"]
MARK = "watched"

_WATCH = """() => {
  const found = (window.frames60 = { frames: [], tasks: 0, stop: false })
  new PerformanceObserver((list) => (found.tasks += list.getEntries().length)).observe({ type: "longtask" })
  const frame = (now) => {
    found.frames.push(now)
    if (!found.stop) requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}"""
_BOOKS = ("TaskDuration", "ScriptDuration", "LayoutDuration", "JSHeapUsedSize")


class Measured(NamedTuple):
    """Frames a second, how many were late, the longest (ms), tasks of more than 50 ms, ms a second of the main thread,
    of it in scripts and in layout, and the megabytes that scripts hold.

    `own` is how many were late because the page's main thread was at work for longer than a frame; what else was late
    waited for those that put the page together, which take `others` ms a second of a core.
    """

    rate: float
    late: int
    own: int
    longest: float
    long_tasks: int
    busy: float
    script: float
    layout: float
    others: float
    memory: float


def measure(browser: Browser, page: Page, seconds: int, *, mouse: bool = False) -> Measured:
    """Watches the page for so many seconds, perhaps with a mouse that goes over its charts all the time."""
    books, processes = page.context.new_cdp_session(page), browser.new_browser_cdp_session()
    books.send("Performance.enable")
    browser.start_tracing(page=page, categories=TRACED)
    marked = page.evaluate(f"() => performance.mark({MARK!r}).startTime")
    page.evaluate(_WATCH)
    before, compositing, begun = _read(books), _compositing(processes), time.monotonic()
    while (gone := time.monotonic() - begun) < seconds:
        if mouse:
            page.mouse.move(250 + 200 * math.sin(gone * 3), 210 + 40 * math.cos(gone * 5))
            time.sleep(max(0.0, gone + FRAME_MS / 1_000 - (time.monotonic() - begun)))
        else:
            page.wait_for_timeout(250)
    after, others, gone = _read(books), _compositing(processes) - compositing, time.monotonic() - begun
    found = page.evaluate("() => { window.frames60.stop = true; return window.frames60 }")
    traced = json.loads(browser.stop_tracing())["traceEvents"]
    processes.detach()
    deltas = [after - before for before, after in pairwise(found["frames"])]
    busy, script, layout = ((after[name] - before[name]) * 1_000 / gone for name in _BOOKS[:3])
    late = sum(delta > LATE_MS for delta in deltas)
    own, memory = own_fault(found["frames"], traced, marked), after["JSHeapUsedSize"] / 1e6
    rate, longest = len(deltas) / gone, max(deltas)
    return Measured(
        rate, late, own, longest, found["tasks"], busy, script, layout, others * 1_000 / gone, memory
    )


def own_fault(frames: Sequence[float], traced: Sequence[dict[str, Any]], marked: float) -> int:
    """How many of these frames (ms) were late because the thread that draws them had more to do than fits in one.

    `marked` is when the page's clock was at MARK in the trace.
    """
    mark = next(one for one in traced if one["name"] == MARK and "blink.user_timing" in one["cat"])
    tasks = [
        (one["ts"] / 1_000 - mark["ts"] / 1_000 + marked, one.get("tdur", one.get("dur", 0)) / 1_000)
        for one in traced
        if one["name"] == "RunTask" and (one["pid"], one["tid"]) == (mark["pid"], mark["tid"])
    ]
    late = [(before, after) for before, after in pairwise(frames) if after - before > LATE_MS]
    return sum(sum(took for at, took in tasks if before <= at < after) > FRAME_MS for before, after in late)


def sign_in(page: Page, name: str) -> None:
    """Signs in with the form."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/rooms/**")


def _read(books: CDPSession) -> dict[str, float]:
    metrics = books.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in metrics if one["name"] in _BOOKS}


def _compositing(processes: CDPSession) -> float:
    """Seconds of a core that the process has taken that puts layers together: without a GPU it moves every pixel."""
    found = processes.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(float(one["cpuTime"]) for one in found if one["type"] == "GPU")
