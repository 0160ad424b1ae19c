"""Building a board in a browser, its versions, and a board on a wall."""

import json

from playwright.sync_api import expect

from tests.browser.boards import BoardPage, fresh_metric, history, make_board, panel, push
from tests.browser.conftest import NARROW, Browse, Cast
from tests.browser.test_pages import check_with_axe


def test_a_board_is_made_with_a_panel_that_is_seen_before_it_is_kept(
    browse: Browse, url: str, cast: Cast
) -> None:
    metric = fresh_metric()
    push(url, cast.alice, history(metric, 60))
    page = BoardPage(browse(cast.alice))
    page.tab.open("/dashboard/")
    page.tab.be_ready()
    page.page.locator("[data-new-board]").click()
    page.page.get_by_label("Title").fill(f"About {metric}")
    page.page.get_by_role("button", name="Make it").click()
    page.page.locator("[data-edit=add]").click()
    form = page.page.locator("#panel-form")
    form.get_by_label("Title").fill("Hosts")
    form.locator("[data-field=metric]").fill(metric)
    form.locator("[data-field=by]").fill("host")
    expect(form.locator(".preview .legend-name")).to_have_text(["web-1", "web-2", "web-3"])
    check_with_axe(page.page)
    form.get_by_role("button", name="Done").click()
    expect(page.page.locator("#panel-p1 .legend-name")).to_have_text(["web-1", "web-2", "web-3"])
    check_with_axe(page.page)
    page.page.locator("[data-edit=save]").click()
    page.page.wait_for_url(lambda address: "edit" not in address)
    page.be_drawn()
    page.see_panels("Hosts")
    page.see_series("p1", "web-1", "web-2", "web-3")


def test_panels_are_moved_copied_resized_and_removed(browse: Browse, url: str, cast: Cast) -> None:
    metric = fresh_metric()
    slug = make_board(url, cast.alice, panel("a", metric), panel("b", metric))
    page = BoardPage(browse(cast.alice)).open(slug, "?edit")
    page.panel("a").locator("[data-edit=later]").click()
    page.see_panels("Panel b", "Panel a")
    page.panel("a").locator("[data-edit=wider]").click()
    expect(page.panel("a")).to_have_attribute("data-w", "7")
    page.panel("a").locator("[data-edit=copy]").click()
    page.see_panels("Panel b", "Panel a", "Panel a")
    page.panel("b").locator("[data-edit=remove]").click()
    page.page.locator("[data-edit=save]").click()
    page.page.wait_for_url(lambda address: "edit" not in address)
    page.see_panels("Panel a", "Panel a")


def test_versions_say_what_was_changed_and_an_old_one_comes_back(
    browse: Browse, url: str, cast: Cast
) -> None:
    metric = fresh_metric()
    slug = make_board(url, cast.alice, panel("a", metric), panel("b", metric))
    cast.bob.command(
        url, "board.update", board=slug, panels=[panel("a", metric, unit="s"), panel("c", metric)]
    )
    page = BoardPage(browse(cast.alice)).open(slug)
    page.page.locator("[data-board-menu]").click()
    page.page.get_by_role("button", name="Versions").click()
    changes = page.page.locator(".version").first.locator(".version-changes > li")
    expect(changes).to_have_text(["Changed: Panel aunit – s", "Added: Panel c", "Removed: Panel b"])
    check_with_axe(page.page)
    page.page.locator("[data-restore='1']").click()
    page.see_panels("Panel a", "Panel b")


def test_a_board_is_taken_over_from_json_and_nonsense_is_refused(
    browse: Browse, url: str, cast: Cast
) -> None:
    metric = fresh_metric()
    slug = make_board(url, cast.alice, panel("a", metric))
    page = BoardPage(browse(cast.alice)).open(slug)
    page.page.locator("[data-board-menu]").click()
    page.page.get_by_role("button", name="Export or import").click()
    text = page.page.locator("#board-json textarea")
    board = json.loads(text.input_value())
    text.fill("{")
    page.page.get_by_role("button", name="Apply").click()
    expect(page.page.locator("#board-json .error")).to_contain_text("not JSON")
    board["panels"].append(panel("b", metric))
    text.fill(json.dumps(board))
    page.page.get_by_role("button", name="Apply").click()
    page.see_panels("Panel a", "Panel b")
    page.page.locator("[data-edit=save]").click()
    page.page.wait_for_url(lambda address: "edit" not in address)
    page.see_panels("Panel a", "Panel b")


def test_who_saves_what_somebody_else_has_changed_is_told(browse: Browse, url: str, cast: Cast) -> None:
    metric = fresh_metric()
    slug = make_board(url, cast.alice, panel("a", metric))
    page = BoardPage(browse(cast.alice)).open(slug, "?edit")
    expect(page.page.locator("html.is-editing")).to_be_attached()
    cast.bob.command(url, "board.update", board=slug, title="Bob was here")
    page.page.locator("[data-edit=add]").click()
    page.page.locator("#panel-form").get_by_label("Shown as").select_option("text")
    page.page.get_by_role("button", name="Done").click()
    page.page.locator("[data-edit=save]").click()
    expect(page.page.locator("#notices")).to_contain_text("Somebody has changed this board")


def test_a_wall_screen_has_nothing_but_panels_and_goes_round(browse: Browse, url: str, cast: Cast) -> None:
    metric = fresh_metric()
    first, second = (make_board(url, cast.alice, panel("a", metric)) for _ in range(2))
    both = f"?kiosk={first},{second}"
    page = BoardPage(browse(cast.alice)).open(first, f"{both}&every=1h")
    expect(page.page.locator(".site-head")).to_be_hidden()
    check_with_axe(page.page)
    page.page.goto(f"/dashboard/{first}/{both}&every=5s", wait_until="commit")
    page.page.wait_for_url(f"**/dashboard/{second}/**", wait_until="commit")
    page.page.wait_for_url(f"**/dashboard/{first}/**", wait_until="commit")


def test_the_boards_of_a_wall_are_chosen_each_with_its_seconds(browse: Browse, url: str, cast: Cast) -> None:
    metric = fresh_metric()
    first, second = (make_board(url, cast.alice, panel("a", metric)) for _ in range(2))
    page = BoardPage(browse(cast.alice)).open(first)
    page.page.locator("[data-kiosk=on]").click()
    row = page.page.locator(f"#kiosk [data-slug={second}]")
    row.get_by_role("checkbox").check()
    row.get_by_role("spinbutton").fill("60")
    check_with_axe(page.page)
    page.page.get_by_role("button", name="Start").click()
    page.page.wait_for_url(f"**/dashboard/{first}/?kiosk={first}:30,{second}:60")
    page.be_drawn()
    expect(page.page.locator(".site-head")).to_be_hidden()
    page.page.locator(".board-head").hover()
    page.page.locator("[data-kiosk=off]").click()
    expect(page.page.locator(".site-head")).to_be_visible()


def test_a_moving_average_says_over_how_long(browse: Browse, url: str, cast: Cast) -> None:
    metric = fresh_metric()
    push(url, cast.alice, history(metric, 60))
    slug = make_board(url, cast.alice, panel("a", metric))
    page = BoardPage(browse(cast.alice)).open(slug, "?edit")
    page.panel("a").locator("[data-edit=change]").click()
    form = page.page.locator("#panel-form")
    expect(form.get_by_label("Over seconds")).to_be_hidden()
    form.locator("[data-field=fn]").select_option("moving_avg")
    form.get_by_label("Over seconds").fill("30")
    form.get_by_role("button", name="Done").click()
    page.page.locator("[data-edit=save]").click()
    page.page.wait_for_url(lambda address: "edit" not in address)
    with cast.alice.http(url) as http:
        query = http.get(f"/api/v1/boards/{slug}").json()["board"]["panels"][0]["queries"][0]
    assert (query["fn"], query["window"]) == ("moving_avg", 30)
    page.open(slug, "?edit").panel("a").locator("[data-edit=change]").click()
    expect(page.page.locator("#panel-form").get_by_label("Over seconds")).to_have_value("30")


def test_a_narrow_screen_reaches_everything_too(browse: Browse, url: str, cast: Cast) -> None:
    slug = make_board(url, cast.alice, panel("a", fresh_metric()))
    page = BoardPage(browse(cast.alice, viewport=NARROW)).open(slug)
    menu = page.page.locator("#board-menu")
    for item, seen in (
        ("Versions", "#versions"),
        ("Edit the board", ".edit-bar"),
    ):
        page.page.locator("[data-board-menu]").click()
        check_with_axe(page.page)
        menu.get_by_text(item, exact=True).click()
        expect(page.page.locator(seen)).to_be_visible()
        page.page.keyboard.press("Escape")
    page.open(slug).page.locator("[data-board-menu]").click()
    menu.get_by_text("Wall screen", exact=True).click()
    check_with_axe(page.page)
    page.page.get_by_role("button", name="Start").click()
    expect(page.page.locator(".site-head")).to_be_hidden()
