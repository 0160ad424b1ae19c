"""A clock that only moves when it is told to, and rules to be evaluated by it."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dashboard import actions
from dashboard.actions import rules
from dashboard.models import Alert, Board, Post, Rule, Silence
from dashboard.rules import events, queries
from dashboard.rules.schemas import Definition
from dashboard.ticker import Leader
from notifications.models import Notification
from project.accounts.actions import create_user
from project.accounts.models import User
from project.realtime import log
from tests.dashboard.conftest import Push
from tests.support.jobs import run_due

NOW = int(time.time() - 1_800) // 600 * 600
"""When the tests begin: half an hour ago and on a round minute, since samples are never in the future."""
THRESHOLD: dict[str, Any] = {"kind": "threshold", "query": {"metric": "load"}, "over": 10, "above": 5}


@pytest.fixture
def board(alice: User) -> Board:
    return actions.create(alice, "This server", [], "this-server")


@pytest.fixture
def make(alice: User, board: Board) -> Callable[..., Rule]:
    """`make(condition, for=…, …)`: a rule."""

    def make(condition: dict[str, Any] | None = None, **more: Any) -> Rule:
        definition = {"title": "Load", "condition": condition or THRESHOLD} | more
        return rules.create(alice, Definition.model_validate(definition))

    return make


class Watchman:
    """The leader, with a clock in its hand."""

    def __init__(self, push: Push) -> None:
        self.leader = Leader()
        self.push = push
        self.at = NOW

    def passes(self, seconds: int = 10, value: float | None = None, **labels: str) -> None:
        """So much time passes, with this value of `load` in the middle of each ten seconds, and rules are judged."""
        for _ in range(seconds // 10):
            if value is not None:
                self.load(value, 5, **labels)
            self.at += 10
            self.judge()

    def load(self, value: float, at: int = 5, **labels: str) -> None:
        """One value of `load`, so many seconds from now on."""
        assert self.push(sample("load", value, self.at + at, **labels)).accepted == 1

    def hosts(self, **values: float) -> None:
        """Ten seconds pass with these values of `load`, one for each host; who is to be told of it is."""
        for host, value in values.items():
            self.load(value, host=host)
        self.passes()
        run_due()

    def judge(self) -> None:
        """Rules are judged up to now."""
        assert self.leader.beat(self.at + 2)


def sample(name: str, value: float, at: float, **labels: str) -> dict[str, Any]:
    return {"name": name, "value": value, "at": at, "labels": labels}


@pytest.fixture
def watch(push: Push, board: Board) -> Watchman:
    return Watchman(push)


@pytest.fixture(autouse=True)
def _forgotten(transactional_db: None) -> Iterator[None]:
    """What came with the site goes first, and what the test has made last."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    for model in (Silence, Rule, Post):
        model.objects.all().delete()


def states(rule: Rule | None = None) -> dict[str, str]:
    """The states of a rule's alerts by their labels, `a=1` as text."""
    rows = Alert.objects.filter(rule=rule) if rule else Alert.objects.all()
    return {_text(row.labels): row.state for row in rows.order_by("pk")}


def told(*, stream: str = events.ALL, after: int = 0) -> list[tuple[str, str]]:
    """The labels and states of all `alert.changed` on a stream."""
    changed = (event for event in log.read(stream, after, 10_000) if event.type == "alert.changed")
    found = [json.loads(event.item)["data"] for event in changed]
    return [(_text(json.dumps(one["labels"])), one["state"]) for one in found]


def history(alert: Alert) -> list[tuple[str, str]]:
    """Each kind of change and the state after it, the oldest first."""
    changes, _ = queries.history(alert, 0, 1_000)
    return [(one["kind"], one["state"]) for one in reversed(changes)]


def _text(labels: str) -> str:
    return ",".join(f"{name}={value}" for name, value in json.loads(labels).items())


@pytest.fixture
def bob(alice: User) -> User:
    return create_user("bob")


@pytest.fixture
def follow(make: Callable[..., Rule], alice: User) -> Callable[..., Rule]:
    """A rule that alice follows, told at once."""

    def follow(condition: dict[str, Any] | None = None, **more: Any) -> Rule:
        return make(condition, **{"followers": {"people": [alice.pk]}, "group_wait": 0} | more)

    return follow


def inbox(user: User) -> list[Notification]:
    return list(Notification.objects.filter(recipient=user, withdrawn_at=None).order_by("pk"))
