"""The state before and the events are the state after, for each action: what clients rely on."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dashboard.actions import alerts, rules, silences
from dashboard.models import Alert, Rule
from dashboard.rules import events, queries
from dashboard.rules.schemas import Definition
from project.accounts.models import User
from project.realtime import log
from project.realtime.errors import CommandError
from tests.dashboard.rules.conftest import THRESHOLD, Watchman, states
from tests.dashboard.rules.conftest import told as changes

Make = Callable[..., Rule]
State = dict[str, dict[int, Any]]


def state() -> State:
    """Everything that reads say."""
    return {
        "alert": {one["id"]: one for one in queries.alerts()},
        "rule": {one["id"]: one for one in queries.rules()},
        "silence": {one["id"]: one for one in queries.silences()},
    }


def applied(before: State, head: int) -> State:
    """What a client makes of the events after `head`."""
    after = {kind: dict(some) for kind, some in before.items()}
    for event in log.read(events.ALL, head, 1_000):
        kind, data = event.type.partition(".")[0], json.loads(event.item)["data"]
        after[kind][data["id"]] = data
    after["silence"] = {pk: one for pk, one in after["silence"].items() if one["ended_at"] is None}
    after["rule"] = {pk: one for pk, one in after["rule"].items() if not one["deleted"]}
    after["alert"] = {pk: one for pk, one in after["alert"].items() if one["rule"] in after["rule"]}
    return after


@contextmanager
def told() -> Iterator[None]:
    """What happens inside is told by its events, completely."""
    before, head = state(), log.heads([events.ALL])[events.ALL].head
    yield
    assert log.heads([events.ALL])[events.ALL].head > head
    assert applied(before, head) == state()


@pytest.fixture
def firing(make: Make, watch: Watchman) -> Alert:
    make(group_by=["host"])
    watch.load(9, host="a")
    watch.load(1, host="b")
    watch.passes()
    return Alert.objects.get()


def definition(**more: Any) -> Definition:
    return Definition.model_validate({"title": "Load", "condition": THRESHOLD, "group_by": ["host"]} | more)


def test_creating_a_rule(alice: User, firing: Alert) -> None:
    with told():
        rules.create(alice, definition())


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"severity": "critical"},
        {"condition": THRESHOLD | {"above": 7}},
        {"enabled": False},
        {"group_by": []},
    ],
)
def test_updating_a_rule(alice: User, firing: Alert, change: dict[str, Any]) -> None:
    with told():
        rules.update(alice, firing.rule_id, definition(**change), 1)
    firing.refresh_from_db()
    assert firing.state == ("firing" if change.keys() & {"title", "severity"} else "ok")


def test_of_a_rule_that_is_updated_only_the_alerts_that_are_other_ones_are_told(
    alice: User, firing: Alert, watch: Watchman
) -> None:
    watch.load(9, host="a")
    watch.passes(value=9, host="b")
    watch.load(9, host="a")
    watch.passes(value=1, host="b")
    assert states() == {"host=a": "firing", "host=b": "ok"}

    def heard(**change: Any) -> list[tuple[str, str]]:
        head = log.heads([events.ALL])[events.ALL].head
        rules.update(alice, firing.rule_id, definition(**change), None)
        return changes(after=head)

    assert heard(description="Restart it.") == []
    assert heard(title="Other") == [("host=a", "firing")]
    assert heard(title="Other", enabled=False) == [("host=a", "ok")]


def test_another_title_is_told_of_the_rules_that_are_made_of_it_too(
    alice: User, make: Make, firing: Alert
) -> None:
    both = make({"kind": "composite", "all": [firing.rule_id]}, title="Both")
    with told():
        rules.update(alice, firing.rule_id, definition(title="Other"), 1)
    assert events.rule(both)["explanation"] == "Fires when “Other” fires."


def test_deleting_a_rule(alice: User, firing: Alert) -> None:
    with told():
        rules.delete(alice, firing.rule_id)
    assert queries.find_alert(firing.pk).state == "ok"


def test_judging(watch: Watchman, firing: Alert) -> None:
    with told():
        watch.load(1, host="a")
        watch.load(9, host="b")
        watch.passes()


def test_an_error_of_a_rule(make: Make, watch: Watchman) -> None:
    watch.push({"name": "hits", "kind": "counter", "value": 1, "at": watch.at + 5})
    make({"kind": "threshold", "query": {"metric": "hits", "fn": "p95"}, "above": 1})
    with told():
        watch.passes()
    assert next(iter(state()["rule"].values()))["error"]


def test_acknowledging(alice: User, firing: Alert) -> None:
    with told():
        alerts.acknowledge(alice, firing.pk)


def test_silencing_and_no_longer(alice: User, firing: Alert) -> None:
    with told():
        row = silences.create(alice, None, {"host": "a"}, timezone.now() + timedelta(hours=1), "")
    assert queries.find_alert(firing.pk).silenced
    with told():
        silences.delete(alice, row.pk)
    assert not queries.find_alert(firing.pk).silenced


def test_a_version_that_is_not_the_newest_changes_nothing(alice: User, firing: Alert) -> None:
    rules.update(alice, firing.rule_id, definition(title="Other"), 1)
    with pytest.raises(CommandError, match="meantime"):
        rules.update(alice, firing.rule_id, definition(title="Mine"), 1)
    kept = [(one["version"], one["definition"]["title"]) for one in queries.versions(firing.rule)]
    assert kept == [(2, "Other"), (1, "Load")]


def test_what_does_not_fire_cannot_be_acknowledged(alice: User, firing: Alert, watch: Watchman) -> None:
    watch.passes(value=1, host="a")
    with pytest.raises(CommandError, match="does not fire"):
        alerts.acknowledge(alice, firing.pk)


def test_a_rule_that_another_is_made_of_stays(make: Make, alice: User, firing: Alert) -> None:
    make({"kind": "composite", "all": [firing.rule_id]}, title="Both")
    with pytest.raises(CommandError, match="'Both' is made of this one"):
        rules.delete(alice, firing.rule_id)
    composite = definition(condition={"kind": "composite", "all": [make(title="Other").pk]})
    with pytest.raises(CommandError, match="'Both' is made of this one"):
        rules.update(alice, firing.rule_id, composite, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"board": "nowhere"}, "board"),
        ({"room": 99}, "room"),
        ({"followers": {"topics": ["nothing"]}}, "followers.topics"),
        ({"followers": {"people": [99_999]}}, "followers.people"),
        ({"condition": {"kind": "composite", "all": [99]}}, "condition"),
    ],
)
def test_what_a_rule_names_has_to_be_there(
    alice: User, watch: Watchman, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(CommandError) as refused:
        rules.create(alice, definition(**change))
    assert list(refused.value.fields) == [f"definition.{field}"]
