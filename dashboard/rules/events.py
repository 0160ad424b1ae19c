"""Payloads: how rules, alerts and silences look on the wire, whether in an event, a reply, a read or a page."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from dashboard.models import Alert, AlertChange, Rule, RuleVersion, Silence
from project.accounts.models import User
from project.realtime.log import Entry, timestamp

from .explaining import Titles, explanation
from .schemas import Composite, Definition, parsed

Payload = dict[str, Any]
ALL = "alerts.all"
"""The stream that tells of every rule, alert and silence."""


def moment(seconds: float) -> str:
    """Unix seconds as the wire says moments."""
    return timestamp(datetime.fromtimestamp(seconds, UTC))


def titles_of(rules: Iterable[Definition]) -> dict[int, str]:
    """What the rules are called that some of these are made of."""
    made = [rule.condition.references for rule in rules if isinstance(rule.condition, Composite)]
    return dict(Rule.objects.filter(pk__in=set().union(*made)).values_list("pk", "title")) if made else {}


def rule(row: Rule, titles: Titles | None = None) -> Payload:
    """A rule: its definition, and what the site adds to it. Without `titles` of those that it is made of, they are
    read."""
    definition = parsed(row.definition)
    titles = titles_of([definition]) if titles is None else titles
    own = {
        "id": row.pk,
        "version": row.version,
        "explanation": explanation(definition, titles),
        "error": row.error,
        "updated_at": timestamp(row.updated_at),
        "deleted": row.deleted_at is not None,
    }
    return row.definition | own


def version(row: RuleVersion) -> Payload:
    """A rule's definition as it once was."""
    return {
        "version": row.version,
        "definition": row.definition,
        "at": timestamp(row.at),
        "author": _person(row.author),
    }


def alert(row: Alert) -> Payload:
    """An alert. Load it with its rule, the rule's board, who acknowledged it, and its post."""
    return {
        "id": row.pk,
        "rule": row.rule_id,
        "title": row.rule.title,
        "board": row.rule.board.slug,
        "labels": labels_of(row),
        "severity": row.rule.severity,
        "state": row.state,
        "value": row.value,
        "why": row.why,
        "since": moment(row.since),
        "fired_at": moment(row.fired) if row.fired else None,
        "incident": row.incident,
        "acknowledged_by": _person(row.acknowledged_by),
        "acknowledged_at": timestamp(row.acknowledged_at) if row.acknowledged_at else None,
        "silenced": row.silenced,
        "message_url": row.post.url if row.post else "",
        "url": url(row.pk),
    }


def labels_of(row: Alert) -> dict[str, str]:
    """An alert's labels."""
    return parsed_labels(row.labels)


def parsed_labels(text: str) -> dict[str, str]:
    """Labels from their canonical text."""
    found: dict[str, str] = json.loads(text)
    return found


def url(alert_id: int) -> str:
    """The page that shows an alert."""
    return f"/dashboard/alerts/?alert={alert_id}"


def change(row: AlertChange) -> Payload:
    """What happened to an alert."""
    return {
        "id": row.pk,
        "at": timestamp(row.at),
        "kind": row.kind,
        "before": row.before,
        "state": row.state,
        "value": row.value,
        "why": row.why,
        "actor": _person(row.actor),
    }


def silence(row: Silence) -> Payload:
    """A silence. Load it with its author."""
    return {
        "id": row.pk,
        "rule": row.rule_id,
        "labels": row.labels,
        "until": timestamp(row.until),
        "comment": row.comment,
        "author": _person(row.author),
        "created_at": timestamp(row.created_at),
        "ended_at": timestamp(row.ended_at) if row.ended_at else None,
    }


def alert_changed(row: Alert) -> Entry:
    """An alert is in another state, acknowledged, silenced, or no longer."""
    return Entry("alert.changed", alert(row))


def rule_changed(row: Rule) -> Entry:
    """A rule is there, or another one, or gone."""
    return Entry("rule.changed", rule(row))


def silence_changed(row: Silence) -> Entry:
    """A silence is there, or was ended."""
    return Entry("silence.changed", silence(row))


def person(user: User) -> Payload:
    """Somebody, as an acknowledgement names them."""
    return {"id": user.pk, "name": user.name, "avatar": user.avatar_url}


def _person(user: User | None) -> Payload | None:
    return person(user) if user else None
