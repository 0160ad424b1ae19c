"""Boards in a browser: what they show, over which time, and how they are read."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.boards import BoardPage, fresh_metric, history, make_board, panel, push
from tests.browser.conftest import NARROW, WIDE, Browse, Cast
from tests.browser.test_pages import check_with_axe

THRESHOLDS = [{"value": 20, "state": "warn"}, {"value": 30, "state": "critical"}]
KINDS = ("status", "stat", "gauge", "line", "area", "stacked", "heatmap", "table")


@pytest.fixture
def then() -> int:
    """A moment, at the end of what was measured."""
    return int(time.time())


@pytest.fixture
def metric(url: str, cast: Cast, then: int) -> str:
    """Five minutes of three hosts, with a hole of one minute."""
    name = fresh_metric()
    push(url, cast.alice, history(name, 300, without=range(120, 180), until=then))
    return name


@pytest.fixture
def those_minutes(then: int) -> str:
    """What asks for these five minutes, however long ago they are."""
    return f"?from={then - 300}&to={then}"


@pytest.fixture
def still(browse: Browse, url: str, cast: Cast, metric: str, those_minutes: str) -> BoardPage:
    """A board with two charts of these five minutes."""
    return BoardPage(browse(cast.bob)).open(two_charts(url, cast, metric), those_minutes)


@pytest.fixture
def board(browse: Browse, url: str, cast: Cast) -> BoardPage:
    """A board with two charts of the last five minutes, which goes on. There is no hole in what was measured."""
    name = fresh_metric()
    push(url, cast.alice, history(name, 300))
    return BoardPage(browse(cast.bob)).open(two_charts(url, cast, name), "?last=5m")


def two_charts(url: str, cast: Cast, metric: str) -> str:
    return make_board(url, cast.alice, panel("a", metric), panel("b", metric, type="stacked"))


def test_every_kind_of_panel_has_no_serious_barrier(
    browse: Browse, url: str, cast: Cast, metric: str, those_minutes: str
) -> None:
    panels = [panel(kind, metric, type=kind, w=4, thresholds=THRESHOLDS) for kind in KINDS]
    slug = make_board(url, cast.alice, *panels, panel("text", metric, type="text", text="Ask #ops.\n\nNow."))
    for viewport in (WIDE, NARROW):
        page = BoardPage(browse(cast.bob, viewport=viewport)).open(slug, those_minutes)
        expect(page.panel("status").locator(".tile-state")).to_have_text(["OK", "Warning", "Critical"])
        check_with_axe(page.page)
        page.page.locator("[data-time=menu]").click()
        check_with_axe(page.page)
        page.tab.open("/dashboard/")
        check_with_axe(page.page)


def test_a_drag_zooms_every_panel_and_back_leads_back(board: BoardPage) -> None:
    board.see_series("a", "web-1", "web-2", "web-3")
    board.drag("a", 0.2, 0.4)
    expect(board.page.locator(".live-words")).to_have_text("Go live")
    assert "from=" in board.page.url
    for id in ("a", "b"):
        board.choose(id, "Show the numbers")
        expect(board.panel(id).locator(".numbers tbody tr").first).to_be_visible()
        assert 55 <= len(board.rows(id)) <= 65
    board.page.go_back()
    board.see_range("Last 5 minutes")
    board.page.go_forward()
    expect(board.page.locator(".live-words")).to_have_text("Go live")
    board.page.locator("[data-time=live]").click()
    board.see_range("Last 1 minute")


def test_the_crosshair_and_its_values_are_those_of_all_panels(board: BoardPage) -> None:
    board.page.locator("[data-time=live]").click()  # or it would go on under the mouse
    board.be_drawn()
    board.point_at("a", 0.5)
    expect(board.page.locator(".pointed-at")).not_to_be_empty()
    expect(board.panel("b").locator(".crosshair")).to_be_visible()
    expect(board.panel("a").locator(".legend-value").first).to_have_text(re.compile(r"\d"))
    values = board.panel("a").locator(".legend-value").all_inner_texts()
    expect(board.panel("b").locator(".legend-value")).to_have_text(values)


def test_ranges_from_a_minute_to_five_years_show_what_there_is(board: BoardPage) -> None:
    for name in (
        "Last 1 minute",
        "Last 1 hour",
        "Last 24 hours",
        "Last 30 days",
        "Last 1 year",
        "Last 5 years",
    ):
        board.choose_range(name)
        board.see_series("a", "web-1", "web-2", "web-3")
        board.see_range(name)
    board.tab.reload()
    board.see_range("Last 5 years")


def test_the_legend_hides_and_isolates_and_the_file_has_what_is_shown(
    still: BoardPage, tmp_path: Path
) -> None:
    still.legend("a").nth(1).locator(".legend-swatch").click()
    expect(still.legend("a").nth(1)).to_have_class("is-hidden")
    still.legend("a").nth(2).locator(".legend-name").click()
    expect(still.panel("a").locator(".legend .is-hidden")).to_have_count(2)
    still.panel("a").hover()
    still.panel("a").locator("[data-panel-menu]").click()
    with still.page.expect_download() as started:
        still.page.locator("#panel-menu [data-do=csv]").click()
    started.value.save_as(tmp_path / "panel.csv")
    lines = (tmp_path / "panel.csv").read_text().splitlines()
    assert lines[0] == "time,web-3"
    assert 220 <= len(lines) <= 242  # five minutes without the minute in which nothing was measured


def test_a_minute_without_measurements_is_shaded_and_not_joined(still: BoardPage) -> None:
    still.choose("a", "Show the numbers")
    expect(still.panel("a").locator(".numbers tbody tr")).to_have_count(200)  # the newest of about 240
    still.choose("a", "Show the chart")
    # In the middle of the hole is nothing but the paper and its hatching; beside it there are lines.
    expect(still.plot("a")).to_be_visible()
    assert coloured(still, "a", (0.53, 0.9)) == [False, True]


def coloured(board: BoardPage, id: str, shares: tuple[float, ...]) -> list[bool]:
    """Whether anything of the columns at these shares of a chart's width has a colour, and is not grey."""
    found: list[bool] = (
        board.panel(id)
        .locator("canvas")
        .evaluate(
            """(canvas, shares) => {
          const { data, width, height } = canvas.getContext("2d").getImageData(0, 20, canvas.width, canvas.height * 0.7)
          const isColoured = (place) => {
            const pixel = [...data.slice(place * 4, place * 4 + 3)]
            return Math.max(...pixel) - Math.min(...pixel) > 40
          }
          const rows = Array.from({ length: height }, (_, row) => row * width)
          return shares.map((share) => rows.some((row) => isColoured(row + Math.round(width * share))))
        }""",
            list(shares),
        )
    )
    return found
