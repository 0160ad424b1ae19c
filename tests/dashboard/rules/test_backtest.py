"""What a rule would have done is what it did: one evaluation for both."""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.models import Alert, AlertChange, Rollup1m, Rollup1s, Rollup10s, Rule, Ticker
from dashboard.rules import api
from dashboard.rules import backtest as module
from dashboard.rules.backtest import backtest
from dashboard.rules.reading import cut
from dashboard.rules.schemas import Definition
from dashboard.ticker import Leader
from project.accounts.actions import create_user
from project.accounts.models import User
from project.realtime import http_limits, limits
from project.realtime.errors import CommandError
from tests.dashboard.rules.conftest import NOW, THRESHOLD, Watchman

Make = Callable[..., Rule]


def tried(condition: dict[str, Any] | None = None, end: int = NOW + 600, **more: Any) -> dict[str, Any]:
    definition = {"title": "Load", "condition": condition or THRESHOLD} | more
    return backtest(Definition.model_validate(definition), NOW, end, time.time())


def spans(series: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(span["state"], span["from"] - NOW, span["to"] - NOW) for span in series["spans"]]


def test_it_draws_values_and_states(watch: Watchman) -> None:
    for value in (1, 9, 9, 9, 1, 1):
        watch.passes(value=value)
    lasting: dict[str, Any] = {"for": 10, "keep_firing": 10}
    found = tried(end=NOW + 60, **lasting)
    (series,) = found["series"]
    assert (found["step"], found["from"], found["to"]) == (10, NOW, NOW + 60)
    assert series["points"][1:] == [[NOW + 10 * n, value] for n, value in enumerate((1, 9, 9, 9, 1, 1), 1)]
    assert spans(series) == [("ok", 0, 20), ("pending", 20, 30), ("firing", 30, 50), ("recovering", 50, 60)]


CONDITIONS: list[dict[str, Any]] = [
    THRESHOLD | {"recover": 3, "over": 20},
    {"kind": "change", "query": {"metric": "load"}, "over": 10, "window": 30, "above": 4},
    {"kind": "no_data", "query": {"metric": "load"}, "over": 20},
]


@given(
    st.sampled_from(CONDITIONS),
    st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=5, max_size=25),
    st.sampled_from([0, 20]),
    st.sampled_from(["ok", "keep", "alert"]),
)
@settings(max_examples=25)
def test_it_says_what_happened(
    make: Make, watch: Watchman, condition: dict[str, Any], values: list[int | None], wait: int, policy: str
) -> None:
    for model in (Rule, Ticker, Rollup1s, Rollup10s, Rollup1m):
        model.objects.all().delete()
    watch.leader, watch.at = Leader(), NOW
    more = {"for": wait, "keep_firing": wait, "no_data": policy}
    make(condition, **more)
    watch.judge()
    for value in values:
        watch.passes(value=value)
    found = tried(condition, watch.at, **more)
    (series,) = found["series"]
    happened = AlertChange.objects.order_by("pk").values_list("at", "state")
    changes = [(int(at.timestamp()), state) for at, state in happened if at.timestamp() < watch.at]
    told = [(span["from"], span["state"]) for span in series["spans"]]
    assert [one for one in told if one != (NOW, "ok")] == changes
    AlertChange.objects.all().delete()
    Alert.objects.all().delete()


def test_a_composite_rule_is_tried_with_those_that_it_is_made_of(make: Make, watch: Watchman) -> None:
    first = make()
    for value in (1, 9, 1):
        watch.passes(value=value)
    found = tried({"kind": "composite", "all": [first.pk]}, NOW + 40)
    assert spans(found["series"][0]) == [("ok", 0, 20), ("firing", 20, 30), ("ok", 30, 40)]


def test_a_label_set_is_there_from_its_first_value_on(watch: Watchman) -> None:
    watch.passes(30, value=1, host="a")
    watch.passes(30, value=1, host="b")
    found = tried({"kind": "no_data", "query": {"metric": "load"}, "over": 10}, NOW + 60, group_by=["host"])
    assert {one["key"]: spans(one)[-1] for one in found["series"]} == {
        '{"host":"a"}': ("firing", 40, 60),
        '{"host":"b"}': ("ok", 0, 60),
    }


def test_it_writes_nothing(make: Make, watch: Watchman) -> None:
    watch.passes(value=9)
    tried(end=NOW + 20)
    assert not Alert.objects.exists()


def test_it_costs_no_more_than_it_may(watch: Watchman, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.passes(value=9)
    monkeypatch.setattr(module, "STEPS_MAX", 20)
    found = tried(end=NOW + 600)
    assert found["step"] == 30
    assert len(found["series"][0]["points"]) <= 21
    monkeypatch.setattr(module, "ROWS_MAX", 5)
    with pytest.raises(CommandError) as refused:
        tried(end=NOW + 600)
    assert "definition.condition" in refused.value.fields


def test_what_it_cannot_evaluate_it_says(watch: Watchman) -> None:
    watch.push({"name": "hits", "kind": "counter", "value": 1, "at": NOW + 5})
    found = tried({"kind": "threshold", "query": {"metric": "hits", "fn": "p95"}, "above": 1})
    assert found["errors"] == ["hits is a counter, which has no p95."]


@pytest.mark.parametrize(("first", "end"), [(0, 10), (10, 70), (60, 3_660), (50, 3_610), (7_190, 10_900)])
def test_a_time_is_cut_into_few_windows(first: int, end: int) -> None:
    pieces = cut(first, end, end)
    assert [piece.first for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]
    assert (pieces[0].first, pieces[-1].end) == (first, end)
    assert all(piece.first % piece.tier.step == 0 == piece.end % piece.tier.step for piece in pieces)
    assert sum((piece.end - piece.first) // piece.tier.step for piece in pieces) <= (end - first) / 60 + 12


def test_over_http_it_needs_to_be_signed_in_and_no_more(alice: User, watch: Watchman) -> None:
    watch.passes(value=9)
    body = json.dumps({"definition": {"title": "Load", "condition": THRESHOLD}, "from": NOW, "to": NOW + 20})
    client = Client()
    assert client.post("/api/v1/rules/backtest", body, content_type="application/json").status_code == 401
    client.force_login(alice)
    answer = client.post("/api/v1/rules/backtest", body, content_type="application/json")
    assert answer.json()["series"][0]["spans"][-1]["state"] == "firing"


def test_an_account_tries_only_so_many_at_once(
    alice: User, watch: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_limits, "_buckets", OrderedDict())
    monkeypatch.setattr(limits.time, "monotonic", lambda: 1_000.0)
    monkeypatch.setattr(api, "BACKTESTS_AT_ONCE", 2)
    watch.passes(value=9)
    body = json.dumps({"definition": {"title": "Load", "condition": THRESHOLD}, "from": NOW, "to": NOW + 20})
    bob = create_user("bob")

    def ask(user: User) -> Any:
        client = Client()
        client.force_login(user)
        return client.post("/api/v1/rules/backtest", body, content_type="application/json")

    assert [ask(alice).status_code for _ in range(2)] == [200, 200]
    refused = ask(alice)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limited"
    assert refused.json()["error"]["retry_after"] == pytest.approx(1 / api.BACKTESTS_PER_SECOND)
    assert ask(bob).status_code == 200
