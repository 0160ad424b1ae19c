"""Rules: made, changed and deleted. Every version is kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dashboard.models import Alert, Board, Rule, RuleVersion
from dashboard.rules import events
from dashboard.rules.checking import check, made_of
from dashboard.rules.machine import Status
from dashboard.rules.schemas import Definition
from project.accounts.models import User
from project.realtime.errors import CommandError
from project.realtime.log import Entry

from .alerts import Turn, Written, active, tell, turn, untold
from .silences import quieted

RULES_MAX = 1_000
"""Not deleted ones. A site with more has a program that makes them, where `group_by` would do."""
WATCHED = ("condition", "group_by")
"""What is another rule to its alerts: they end where one of these changes."""
SAID = ("title", "severity", "board")
"""What an alert says of its rule: where one of these changes, the alerts that somebody sees are told of."""


@transaction.atomic
def create(actor: User | None, definition: Definition) -> Rule:
    """Makes a rule. Nobody is the author of what comes with the site.

    Raises CommandError `invalid` where it names what is not there, `conflict` for too many.
    """
    if Rule.objects.filter(deleted_at=None).count() >= RULES_MAX:
        raise CommandError("conflict", f"There are {RULES_MAX} rules already.")
    board = check(actor, definition)
    row = Rule(board=board)
    _define(row, definition, board)
    row.save()
    _keep(row, actor)
    tell(Written(), _about(row))
    return row


@transaction.atomic
def update(actor: User | None, rule_id: int, definition: Definition, version: int | None) -> Rule:
    """Makes a rule another one. With a `version`, only where nobody has changed it since that one. Its alerts end
    where it watches something else now, or nothing.

    Raises CommandError `not_found`, `invalid`, or `conflict` where somebody has.
    """
    row = _locked(rule_id)
    if version is not None and version != row.version:
        raise CommandError(
            "conflict",
            "Somebody has changed this rule in the meantime. Load it again.",
            fields={"version": f"is {row.version} now"},
        )
    board = check(actor, definition, row)
    before, old = row.definition, row.board
    _define(row, definition, board)
    row.version += 1
    alerts = _alerts(row)
    if not row.enabled or _differs(before, row.definition, WATCHED):
        row.evaluated, row.error = 0, ""
        why = "The rule was changed." if row.enabled else "The rule was turned off."
        written = _end(alerts, why, actor)
    else:
        written = quieted(alerts, timezone.now(), actor)
    row.save()
    _keep(row, actor)
    if _differs(before, row.definition, SAID):
        written.rows = alerts
    written.jobs += untold(alerts)  # they may be of another group now
    about = [row, *made_of(row)] if before["title"] != row.title else [row]  # whose explanations name it
    tell(written, _about(*about), {alert.pk: old.stream for alert in alerts})
    return row


@transaction.atomic
def delete(actor: User | None, rule_id: int) -> Rule:
    """Takes a rule away, and ends its alerts. What happened to them is kept.

    Raises CommandError `not_found`, or `conflict` where another rule is made of it.
    """
    row = _locked(rule_id)
    if others := made_of(row):
        raise CommandError("conflict", f"The rule {others[0].title!r} is made of this one.")
    row.deleted_at = row.updated_at = timezone.now()
    row.save(update_fields=("deleted_at", "updated_at"))
    tell(_end(_alerts(row), "The rule was deleted.", actor), _about(row))
    return row


def _alerts(row: Rule) -> list[Alert]:
    """The rule's alerts that are not ok, each with the rule as it is to be."""
    alerts = active(Q(rule=row))
    for alert in alerts:
        alert.rule = row
    return alerts


def _differs(before: Mapping[str, Any], now: Mapping[str, Any], names: Iterable[str]) -> bool:
    return any(before[name] != now[name] for name in names)


def _end(alerts: Sequence[Alert], why: str, actor: User | None) -> Written:
    now = int(timezone.now().timestamp())
    return turn([Turn(alert, Status(since=now, mark=now), False, None, why) for alert in alerts], now, actor)


def _locked(rule_id: int) -> Rule:
    rows = Rule.objects.select_for_update(of=("self",)).select_related("board")
    row = rows.filter(pk=rule_id, deleted_at=None).first()
    if row is None:
        raise CommandError("not_found", "There is no such rule.")
    return row


def _define(row: Rule, definition: Definition, board: Board) -> None:
    row.definition = definition.stored()
    row.title, row.severity, row.enabled = definition.title, definition.severity, definition.enabled
    row.board, row.updated_at = board, timezone.now()


def _keep(row: Rule, actor: User | None) -> None:
    RuleVersion.objects.create(rule=row, version=row.version, definition=row.definition, author=actor)


def _about(*rows: Rule) -> Mapping[str, Sequence[Entry]]:
    return {events.ALL: [events.rule_changed(row) for row in rows]}
