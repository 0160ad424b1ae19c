"""Reads: rules, alerts, what happened to them, and silences."""

from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from dashboard.models import Alert, AlertChange, Rule, RuleVersion, Silence
from project.realtime import log
from project.realtime.errors import CommandError

from . import events
from .events import Payload

VERSIONS_MAX = 100
ALERTS_MAX = 2_000
WORST_FIRST = Case(
    *(
        When(state=state, then=Value(place))
        for place, state in enumerate(("firing", "recovering", "pending"))
    ),
    default=Value(3),
    output_field=IntegerField(),
)
SEVEREST_FIRST = Case(
    *(When(rule__severity=name, then=Value(place)) for place, name in enumerate(("critical", "warning"))),
    default=Value(2),
    output_field=IntegerField(),
)


def cursor() -> str:
    """The cursor of everything about rules and alerts. Read it before the state it is handed out with."""
    return log.cursor({events.ALL: log.heads([events.ALL])[events.ALL].head})


def rules() -> list[Payload]:
    """Every rule, by title."""
    rows = list(Rule.objects.filter(deleted_at=None).order_by("title", "pk"))
    titles = {row.pk: row.title for row in rows}
    return [events.rule(row, titles) for row in rows]


def find_rule(rule_id: int) -> Rule:
    """A rule that was not deleted.

    Raises CommandError `not_found`.
    """
    row = Rule.objects.filter(pk=rule_id, deleted_at=None).first()
    if row is None:
        raise CommandError("not_found", "There is no such rule.")
    return row


def versions(rule: Rule) -> list[Payload]:
    """What a rule once was, the newest first."""
    rows = RuleVersion.objects.filter(rule=rule).select_related("author").order_by("-version")
    return [events.version(row) for row in rows[:VERSIONS_MAX]]


def alerts(**which: Any) -> list[Payload]:
    """Alerts of rules that were not deleted, those that matter most first."""
    found = shown(Alert.objects.filter(rule__deleted_at=None, **which))
    return [
        events.alert(row) for row in found.order_by(WORST_FIRST, SEVEREST_FIRST, "-since", "pk")[:ALERTS_MAX]
    ]


def find_alert(alert_id: int) -> Alert:
    """An alert, of a deleted rule too.

    Raises CommandError `not_found`.
    """
    row = shown(Alert.objects.filter(pk=alert_id)).first()
    if row is None:
        raise CommandError("not_found", "There is no such alert.")
    return row


def shown(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """These with all that is shown of them."""
    return rows.select_related("rule__board", "acknowledged_by", "post")


def history(alert: Alert, before: int, limit: int) -> tuple[list[Payload], bool]:
    """What happened to an alert, the newest first, below the change with the id `before`; and whether there is more."""
    rows = AlertChange.objects.filter(alert=alert).select_related("actor").order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: limit + 1])
    return [events.change(row) for row in found[:limit]], len(found) > limit


def active_silences(now: datetime) -> QuerySet[Silence]:
    """Those that hold at this moment."""
    return Silence.objects.filter(until__gt=now, ended_at=None)


def silences() -> list[Payload]:
    """Silences that are not over, the one that ends first first."""
    rows = active_silences(timezone.now()).select_related("author").order_by("until", "pk")
    return [events.silence(row) for row in rows]
