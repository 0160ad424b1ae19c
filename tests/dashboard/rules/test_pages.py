"""The pages of alerts: who may see them, and what their modules begin with."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dashboard import actions
from dashboard.models import Metric, Rule
from project.accounts.actions import create_user
from project.accounts.models import User
from project.realtime import log
from tests.dashboard.rules.conftest import Watchman

Make = Callable[..., Rule]
PAGES = ("/dashboard/alerts/", "/dashboard/alerts/rules/new/")


@pytest.fixture
def page(client: Client, alice: User) -> Callable[[str], dict[str, Any]]:
    """`page(address)`: what the page there hands to its modules."""
    client.force_login(alice)

    def read(address: str) -> dict[str, Any]:
        text = client.get(address).content.decode()
        found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', text, re.DOTALL)
        assert found
        data: dict[str, Any] = json.loads(found[1])
        return data

    return read


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.django_db
def test_are_for_those_who_are_signed_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith("/accounts/login/")


def test_a_rule_that_was_deleted_has_none(client: Client, alice: User, make: Make) -> None:
    rule = make()
    client.force_login(alice)
    assert client.get(f"/dashboard/alerts/rules/{rule.pk}/").status_code == 200
    actions.rules.delete(alice, rule.pk)
    assert client.get(f"/dashboard/alerts/rules/{rule.pk}/").status_code == 404


def test_what_is_watched_is_there_with_the_cursor_to_go_on_from(
    page: Callable[[str], dict[str, Any]], make: Make, watch: Watchman
) -> None:
    make()
    watch.passes(value=9)
    Metric.objects.filter(name="load").update(unit="jobs")
    for address in ("/dashboard/alerts/", "/dashboard/this-server/"):
        found = page(address)
        assert [alert["state"] for alert in found["watch"]["alerts"]] == ["firing"]
        assert [rule["title"] for rule in found["watch"]["rules"]] == ["Load"]
        assert found["metrics"] == {"load": {"kind": "gauge", "unit": "jobs"}}
        head = log.heads(["alerts.all"])["alerts.all"].head
        assert found["watch"]["cursor"].endswith(f"/alerts.all:{head}")


def test_a_new_rule_begins_with_a_panel_or_with_another_rule(
    page: Callable[[str], dict[str, Any]], make: Make, alice: User
) -> None:
    panel = {"id": "a", "type": "line", "queries": [{"metric": "load"}]}
    actions.create(alice, "Web", [panel], "web")
    new = "/dashboard/alerts/rules/new/"
    assert page(f"{new}?board=web&panel=a")["from"] == {"board": "web", "panel": panel}
    assert page(f"{new}?board=web&panel=b")["from"] == {"board": "web", "panel": None}
    for gone in ("gone", "%00"):
        assert page(f"{new}?board={gone}&panel=a")["from"] == {"board": None, "panel": None}
    assert page(f"{new}?like={make().pk}")["like"]["title"] == "Load"
    assert page(f"{new}?like=nothing")["like"] is None


def test_the_editor_names_those_who_follow_its_rule_and_nobody_else(
    page: Callable[[str], dict[str, Any]], make: Make, alice: User
) -> None:
    for n in range(3):
        create_user(f"ann{n}")
    person = create_user("bob", display_name="Bob B.")
    rule = make(followers={"people": [person.pk]})
    bob = {"id": person.pk, "name": "Bob B.", "avatar": None, "username": "bob"}
    assert page(f"/dashboard/alerts/rules/{rule.pk}/")["people"] == [bob]
    assert page(f"/dashboard/alerts/rules/new/?like={rule.pk}")["people"] == [bob]
    assert page("/dashboard/alerts/rules/new/")["people"] == []


@pytest.mark.parametrize("state", ["over", "\x00"])
def test_alerts_are_in_states_that_there_are(client: Client, alice: User, state: str) -> None:
    client.force_login(alice)
    assert client.get("/api/v1/alerts", {"state": ["firing", "ok"]}).status_code == 200
    refused = client.get("/api/v1/alerts", {"state": state})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")


def test_no_board_has_the_address_of_the_alerts(alice: User) -> None:
    assert actions.create(alice, "Alerts", []).slug != "alerts"
