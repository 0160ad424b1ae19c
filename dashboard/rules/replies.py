"""The shape of what this part sends, for replies, reads, and the API description."""

from typing import Any

from ninja import Schema
from pydantic import Field

from dashboard.schemas import Author

from .schemas import Definition


class RuleOut(Definition):
    """A rule: its definition, what it does in words, and what went wrong when it was last evaluated."""

    id: int
    version: int
    explanation: str
    error: str
    updated_at: str
    deleted: bool


class AlertOut(Schema):
    """One label set of a rule. `since` is when its state began, `fired_at` when it last began to fire, and `incident`
    how often it has."""

    id: int
    rule: int
    title: str
    board: str
    labels: dict[str, str]
    severity: str
    state: str
    value: float | None
    why: str
    since: str
    fired_at: str | None
    incident: int
    acknowledged_by: Author | None
    acknowledged_at: str | None
    silenced: bool
    message_url: str
    url: str


class SilenceOut(Schema):
    """Until when nobody is told of the alerts of a rule, those with some labels, or both."""

    id: int
    rule: int | None
    labels: dict[str, str]
    until: str
    comment: str
    author: Author | None
    created_at: str
    ended_at: str | None


class ChangeOut(Schema):
    """What happened to an alert: `kind` is `state`, `acknowledged`, `unacknowledged`, `silenced` or `unsilenced`."""

    id: int
    at: str
    kind: str
    before: str
    state: str
    value: float | None
    why: str
    actor: Author | None


class Rules(Schema):
    """All rules, by title."""

    rules: list[RuleOut]
    cursor: str


class OneRule(Schema):
    """A rule with its alerts, those that matter most first. `evaluated_at` is up to when they are judged."""

    rule: RuleOut
    alerts: list[AlertOut]
    evaluated_at: str | None
    cursor: str


class RuleVersionOut(Schema):
    """A rule's definition as it once was."""

    version: int
    definition: dict[str, Any]
    at: str
    author: Author | None


class RuleVersions(Schema):
    """The versions of a rule, the newest first."""

    versions: list[RuleVersionOut]


class Alerts(Schema):
    """Alerts, those that matter most first."""

    alerts: list[AlertOut]
    cursor: str


class OneAlert(Schema):
    """An alert."""

    alert: AlertOut
    cursor: str


class History(Schema):
    """What happened to an alert, the newest first."""

    changes: list[ChangeOut]
    has_more: bool


class Silences(Schema):
    """Silences that are not over, the one that ends first first."""

    silences: list[SilenceOut]
    cursor: str


class Span(Schema):
    """A state, from one moment to another, in Unix seconds."""

    state: str
    start: int = Field(alias="from")
    end: int = Field(alias="to")
    why: str


class Tested(Schema):
    """One label set: `points` are pairs of a moment and the value there; `usual` are, where the rule looks at that, a
    moment, what is usual there, and a deviation from it; `spans` its states, one after the other."""

    key: str
    labels: dict[str, str]
    points: list[Any]
    usual: list[Any]
    spans: list[Span]


class Backtest(Schema):
    """What a rule would have done, looked at every `step` seconds. `from` is later than what was asked for where that
    was too much, or is not kept any more. `errors` are what it could not evaluate, and why."""

    step: int
    start: int = Field(alias="from")
    end: int = Field(alias="to")
    series: list[Tested]
    errors: list[str]
    more: int
