"""The editor of a rule in a browser: tried before it is kept, kept as it is meant, and no overwriting of others."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.alerts import AlertsPage, RulePage, fresh_title, make_rule, threshold
from tests.browser.boards import BoardPage, fresh_metric, history, make_board, panel, push
from tests.browser.conftest import NARROW, WIDE, Browse, Cast, Complaints
from tests.browser.test_pages import check_with_axe

KINDS = ("threshold", "change", "no_data", "anomaly", "composite")


@pytest.fixture(scope="module")
def metric(url: str, cast: Cast) -> str:
    """Five minutes of three hosts, whose values are below 20, below 30 and below 40."""
    name = fresh_metric()
    push(url, cast.alice, history(name, 300))
    return name


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_kind_of_condition_has_no_serious_barrier(
    browse: Browse, cast: Cast, metric: str, viewport: dict[str, int]
) -> None:
    rule = RulePage(browse(cast.bob, viewport=viewport)).open()
    rule.ask(metric, bound="25", recover="22")
    rule.page.locator("[data-mute=add]").click()
    rule.see_verdict("would")
    for kind in KINDS:
        rule.page.locator(f"[name=kind][value={kind}]").check()
        check_with_axe(rule.page)
    rule.page.locator("[data-rule-menu]").click()
    check_with_axe(rule.page)


def test_an_alert_from_a_panel_is_tried_on_what_was_measured_and_then_kept(
    browse: Browse, url: str, cast: Cast, metric: str
) -> None:
    slug = make_board(url, cast.alice, panel("a", metric, unit="s"))
    board = BoardPage(browse(cast.alice)).open(slug)
    board.choose("a", "New alert from this panel")
    rule = RulePage(board.tab)
    expect(rule.page.locator("[data-field=metric]")).to_have_value(metric)
    expect(rule.page.locator("[data-field=by]")).to_have_value("host")
    expect(rule.page.get_by_label("Shown on board")).to_have_value(slug)
    rule.ask(metric, bound="28")
    rule.last("for", "0", "min")
    rule.see_verdict("In the last hour it would have fired once")
    expect(rule.page.locator(".preview-firings > li")).to_contain_text(["host=web-3"])
    rule.ask(metric, bound="90")
    rule.see_verdict("would not have fired")
    title = fresh_title()
    rule.name(title)
    rule.last("for", "5", "min")
    rule.save()
    alerts = AlertsPage(rule.tab)
    expect(alerts.row(title, "quiet")).to_contain_text(
        f"Fires when the average of {metric} over 1 min is above 90, for 5 min at least, for each host."
    )


def test_what_is_wrong_is_said_beside_its_field(
    browse: Browse, cast: Cast, metric: str, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    rule = RulePage(browse(cast.alice)).open()
    rule.ask(metric, bound="20", recover="30")
    rule.see_error("condition.above", "What is too high recovers below the bound.")
    rule.ask(metric, recover="15")
    rule.last("over", "7", "s")
    rule.see_error("condition.over", "At least 10 s.")
    rule.last("over", "10", "s")
    rule.last("for", "0", "min")
    rule.see_verdict("would have fired")
    rule.save()
    rule.see_error("title", "Give the rule a title.")
    expect(rule.page.get_by_label("Title", exact=True)).to_be_focused()


def test_a_combination_is_made_of_other_rules(browse: Browse, url: str, cast: Cast, metric: str) -> None:
    first, second = (make_rule(url, cast.bob, threshold(metric, above=1_000)) for _ in range(2))
    rule = RulePage(browse(cast.alice)).open()
    rule.page.locator("[name=kind][value=composite]").check()
    rule.page.get_by_label(first["title"], exact=True).select_option("all")
    rule.page.get_by_label(second["title"], exact=True).select_option("none")
    words = f"Fires when “{first['title']}” fires and “{second['title']}” does not"
    expect(rule.page.locator(".rule-sentence")).to_contain_text(words)
    title = fresh_title()
    rule.name(title)
    for person in (cast.bob, cast.carol):
        rule.follow(person.name)
    rule.page.get_by_role("button", name=f"Remove {cast.carol.name.title()}").click()
    rule.save()
    row = AlertsPage(rule.tab).row(title)
    expect(row).to_contain_text(words)
    row.get_by_role("link", name=first["title"]).click()
    expect(rule.page.get_by_label("Title", exact=True)).to_have_value(first["title"])
    with cast.alice.http(url) as http:
        kept = next(one for one in http.get("/api/v1/rules").json()["rules"] if one["title"] == title)
    assert kept["followers"]["people"] == [cast.bob.id]


def test_a_rule_is_saved_as_it_was_loaded_whatever_its_kind(
    browse: Browse, url: str, cast: Cast, metric: str
) -> None:
    query = {"metric": metric, "fn": "p95", "where": {"host": "web-1"}, "ratio_to": {"metric": metric}}
    conditions = (
        threshold(metric, above=None, below=3.5, recover=4, over=120),
        {"kind": "change", "query": query, "below": -20, "recover": -10, "window": 1_800, "percent": True},
        {"kind": "no_data", "query": query, "over": 90},
        {"kind": "anomaly", "query": query, "deviations": 4, "direction": "above", "weeks": 3, "least": 2},
    )
    night = {"days": ["sat", "sun"], "from": "22:30", "until": "06:00", "zone": "Europe/Vienna"}
    rule = RulePage(browse(cast.alice))
    for condition in conditions:
        made = make_rule(
            url, cast.alice, condition, mute_times=[night], followers={"people": [cast.bob.id]}, no_data="ok"
        )
        rule.open(made["id"])
        rule.name(f"{made['title']}, saved")
        rule.save()
        expect(AlertsPage(rule.tab).row(f"{made['title']}, saved")).to_be_visible()
        with cast.alice.http(url) as http:
            kept = http.get(f"/api/v1/rules/{made['id']}").json()["rule"]
        own = ("title", "version", "updated_at")
        assert {name: kept[name] for name in kept if name not in own} == {
            name: made[name] for name in made if name not in own
        }


def test_who_saves_what_somebody_else_has_changed_chooses(
    browse: Browse, url: str, cast: Cast, metric: str, complaints: Complaints
) -> None:
    made = make_rule(url, cast.alice, threshold(metric, above=1_000))
    rule = RulePage(browse(cast.alice)).open(made["id"])
    rule.name("Mine")
    definition = {"title": "Theirs", "condition": threshold(metric, above=2_000)}
    cast.bob.command(url, "rule.update", rule=made["id"], definition=definition)
    expect(rule.page.locator(".rule-conflict")).to_contain_text("Somebody has changed this rule")
    rule.page.get_by_role("button", name="Take theirs").click()
    expect(rule.page.get_by_label("Title", exact=True)).to_have_value("Theirs")
    expect(rule.page.locator("[name=bound]")).to_have_value("2000")
    mine = fresh_title()
    rule.name(mine)
    rule.save()
    expect(AlertsPage(rule.tab).row(mine)).to_be_visible()


def test_a_rule_is_exported_and_taken_over_and_an_old_version_comes_back(
    browse: Browse, url: str, cast: Cast, metric: str
) -> None:
    made = make_rule(url, cast.alice, threshold(metric, above=1_000))
    rule = RulePage(browse(cast.alice)).open(made["id"])
    rule.menu("Export or import")
    text = rule.page.locator("#rule-json textarea")
    definition = json.loads(text.input_value())
    text.fill("{")
    rule.page.get_by_role("button", name="Apply").click()
    expect(rule.page.locator("#rule-json .error")).to_contain_text("not JSON")
    definition["condition"]["above"] = 3_000
    text.fill(json.dumps(definition))
    rule.page.get_by_role("button", name="Apply").click()
    expect(rule.page.locator("[name=bound]")).to_have_value("3000")
    rule.save()
    expect(AlertsPage(rule.tab).row(made["title"])).to_contain_text("above 3 k")
    rule.open(made["id"])
    rule.menu("Versions")
    expect(rule.page.locator(".version").first).to_contain_text("above 1000 3000")
    rule.page.locator("[data-restore='1']").click()
    expect(rule.page.locator("[name=bound]")).to_have_value("1000")


def test_a_rule_is_deleted_after_a_question(browse: Browse, url: str, cast: Cast, metric: str) -> None:
    made = make_rule(url, cast.alice, threshold(metric, above=1_000))
    rule = RulePage(browse(cast.alice)).open(made["id"])
    rule.menu("Delete the rule")
    rule.page.get_by_role("button", name="Delete", exact=True).click()
    rule.page.wait_for_url("**/dashboard/alerts/")
    expect(AlertsPage(rule.tab).row(made["title"])).to_have_count(0)
