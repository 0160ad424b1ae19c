"""Silences: made, and ended before their time."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dashboard.models import Alert, Silence, State
from dashboard.rules import events, queries
from dashboard.rules.machine import Status
from dashboard.rules.muting import is_quiet
from dashboard.rules.schemas import parsed
from project.accounts.models import User
from project.realtime.errors import CommandError

from .alerts import Turn, Written, active, tell, turn

SILENCES_MAX = 1_000
"""That hold at once. More are a program's, and should be labels of one."""


@transaction.atomic
def create(
    actor: User, rule_id: int | None, labels: dict[str, str], until: datetime, comment: str = ""
) -> Silence:
    """Has nobody told of the alerts of a rule, those with some labels, or both, until then.

    Raises CommandError `not_found` for a rule that is not there, `conflict` for too many.
    """
    if rule_id is not None:
        queries.find_rule(rule_id)
    if queries.active_silences(timezone.now()).count() >= SILENCES_MAX:
        raise CommandError("conflict", f"There are {SILENCES_MAX} silences already.")
    row = Silence.objects.create(rule_id=rule_id, labels=labels, until=until, comment=comment, author=actor)
    _apply(row, actor)
    return row


@transaction.atomic
def delete(actor: User, silence_id: int) -> Silence:
    """Ends a silence now. One that is over stays so.

    Raises CommandError `not_found`.
    """
    rows = Silence.objects.select_for_update(of=("self",)).select_related("author")
    row = rows.filter(pk=silence_id).first()
    if row is None:
        raise CommandError("not_found", "There is no such silence.")
    now = timezone.now()
    if row.ended_at is None and row.until > now:
        row.ended_at, row.ended_by = now, actor
        row.save(update_fields=("ended_at", "ended_by"))
        _apply(row, actor)
    return row


def _apply(row: Silence, actor: User) -> None:
    """Makes the alerts that it is about say so, or no longer."""
    about = Q(rule=row.rule_id) if row.rule_id else Q()
    written = quieted(active(about), timezone.now(), actor)
    tell(written, {events.ALL: [events.silence_changed(row)]})


def hush(which: Q, moment: datetime, renew: Callable[[], bool]) -> bool:
    """Makes these alerts say whether anybody is told of them at this moment, because it has come. Returns whether that
    was done: not where `renew` says that another leads."""
    with transaction.atomic():
        if not renew():
            return False
        tell(quieted(active(which), moment))
    return True


def quieted(alerts: Iterable[Alert], moment: datetime, actor: User | None = None) -> Written:
    """Makes these locked alerts say whether anybody is told of them at this moment; the caller tells what changed."""
    silences = list(queries.active_silences(moment))
    turns = []
    for alert in alerts:
        rule, labels = parsed(alert.rule.definition), events.labels_of(alert)
        quiet = is_quiet(alert.rule_id, labels, rule.mute_times, silences, moment)
        turns.append(Turn(alert, Status(State(alert.state), alert.since, alert.mark), quiet))
    return turn(turns, int(moment.timestamp()), actor)
