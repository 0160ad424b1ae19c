"""Alerts: what state they are in, who takes care of them, and whether anybody is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dashboard.models import WHY_MAX, Alert, AlertChange, PostedIncident, State
from dashboard.rules import events, queries
from dashboard.rules.machine import FIRES, Status
from project.accounts.models import User
from project.jobs import queue
from project.jobs.models import Priority
from project.jobs.queue import Wanted
from project.realtime import log
from project.realtime.errors import CommandError
from project.realtime.log import Entry

GROUP, OVER, TAKEN = "alert_group", "alert_over", "alert_taken"
"""Jobs, see `rules.notices`: to tell of a group, that one is over, and that somebody takes care of one."""


class Turn(NamedTuple):
    """What an alert, whose row is locked or new, is to be from now on."""

    row: Alert
    status: Status
    silenced: bool
    value: float | None = None
    why: str = ""

    @property
    def matters(self) -> bool:
        """Whether anything is to be written."""
        row = self.row
        return (row.state, row.since, row.mark, row.silenced) != (*self.status, self.silenced)


@dataclass
class Written:
    """What was written, and is to be told: alerts that look different now, and the jobs that follow from it."""

    rows: list[Alert] = field(default_factory=list)
    changes: list[AlertChange] = field(default_factory=list)
    jobs: list[tuple[str, Wanted]] = field(default_factory=list)

    def add(self, other: "Written") -> None:
        """Takes in what was written after this. An alert is told of once, as it is in the end."""
        self.rows = list(dict.fromkeys([*self.rows, *other.rows]))
        self.jobs += other.jobs


def locked(which: Q) -> list[Alert]:
    """These alerts with all that is shown of them. They stay as they are until the transaction ends."""
    rows = queries.shown(Alert.objects.filter(which)).select_for_update(of=("self",))
    return list(rows.order_by("pk"))


def active(which: Q) -> list[Alert]:
    """Those of these alerts that are not ok, locked."""
    return locked(which & ~Q(state=State.OK))


def turn(turns: Iterable[Turn], at: int, actor: User | None = None) -> Written:
    """Writes what these alerts are from the moment `at` of event time on. In the caller's transaction, which has locked
    their rules and rows, and then calls `tell`."""
    written = Written()
    turned = [one for one in turns if one.matters]
    new = [one.row for one in turned if one.row.pk is None]
    known = [one.row for one in turned if one.row.pk is not None]
    for one in turned:
        _set(one, at, written, actor)
    Alert.objects.bulk_create(new)
    Alert.objects.bulk_update(known, TURNED)
    AlertChange.objects.bulk_create(written.changes)
    over = [row for row in written.rows if _is_over(row)]
    if posted := [row.pk for row in over if row.post_id is not None]:
        PostedIncident.objects.filter(alert__in=posted, ended=None).update(ended=at)
    written.jobs += [(OVER, over_job(row)) for row in over]
    return written


TURNED = (
    *("state", "since", "mark", "value", "why", "incident", "fired", "silenced"),
    *("acknowledged_by", "acknowledged_at", "post"),
)


def _set(one: Turn, at: int, written: Written, actor: User | None) -> None:
    row, before = one.row, State(one.row.state)
    was_silenced = row.silenced
    row.state, row.since, row.mark = one.status
    row.silenced = one.silenced and row.state != State.OK
    changes = []
    if row.state != before:
        row.value, row.why = one.value, one.why[:WHY_MAX]
        changes.append(AlertChange.Kind.STATE)
        if row.state == State.FIRING and before not in FIRES:
            row.incident, row.fired, row.post = row.incident + 1, at, None
        if row.state == State.OK or before not in FIRES:
            row.acknowledged_by = row.acknowledged_at = None
    if row.silenced != was_silenced:
        changes.append(AlertChange.Kind.SILENCED if row.silenced else AlertChange.Kind.UNSILENCED)
    written.changes += [
        _change(row, kind, before, datetime.fromtimestamp(at, UTC), actor) for kind in changes
    ]
    if changes:
        written.rows.append(row)
        written.jobs += untold([row])


def untold(rows: Iterable[Alert]) -> list[tuple[str, Wanted]]:
    """The jobs that tell of those of these alerts that there is something to be told of."""
    return [(GROUP, _group_job(row)) for row in rows if _waits(row)]


def _change(
    row: Alert, kind: AlertChange.Kind, before: State, at: datetime, actor: User | None
) -> AlertChange:
    return AlertChange(
        alert=row, at=at, kind=kind, before=before, state=row.state, value=row.value, why=row.why, actor=actor
    )


def _waits(row: Alert) -> bool:
    """Whether there is something to be told of it."""
    unheard = row.told < row.incident and row.acknowledged_at is None
    return row.state == State.FIRING and unheard and not row.silenced


def _is_over(row: Alert) -> bool:
    return row.state == State.OK and row.told == row.incident > 0


def group_of(row: Alert) -> str:
    """What tells apart which alerts are one outage."""
    rule = row.rule
    return f"rule.{rule.pk}" if rule.definition["group"] == "rule" else f"board.{rule.board_id}"


def _group_job(row: Alert) -> Wanted:
    due = timezone.now() + timedelta(seconds=row.rule.definition["group_wait"])
    group = group_of(row)
    return Wanted({"group": group}, f"{GROUP}.{group}", due)


def over_job(row: Alert) -> Wanted:
    """Takes back what was told of the incident that is over."""
    args = {"alert": row.pk, "incident": row.incident}
    return Wanted(args, f"{OVER}.{row.pk}.{row.incident}")


def tell(
    written: Written, more: Mapping[str, Sequence[Entry]] | None = None, also: Mapping[int, str] | None = None
) -> None:
    """Appends the events of what was written, to the streams of their boards too, after `more`, and puts the jobs.

    `also` are further streams by alert, such as that of the board a rule was on. Ends the transaction's writing.
    """
    told: dict[str, list[Entry]] = {stream: list(some) for stream, some in (more or {}).items()}
    for row in written.rows:
        entry = events.alert_changed(row)
        streams = {events.ALL, row.rule.board.stream, (also or {}).get(row.pk, events.ALL)}
        for stream in sorted(streams):
            told.setdefault(stream, []).append(entry)
    log.append_each({stream: len(some) for stream, some in told.items()}, lambda _: told)
    for name in (GROUP, OVER, TAKEN):
        queue.put_many(name, [job for named, job in written.jobs if named == name], Priority.FIRST)


@transaction.atomic
def acknowledge(actor: User, alert_id: int) -> Alert:
    """Says that somebody takes care of an alert. Once: who was first stays.

    Raises CommandError `not_found`, or `conflict` where it does not fire.
    """
    found = locked(Q(pk=alert_id))
    if not found:
        raise CommandError("not_found", "There is no such alert.")
    if found[0].state not in FIRES:
        raise CommandError("conflict", "This alert does not fire.")
    _acknowledge(actor, found)
    return found[0]


@transaction.atomic
def unacknowledge(actor: User, alert_id: int) -> Alert:
    """Says that nobody takes care of an alert any more. Who was told of it already is not told again.

    Raises CommandError `not_found`.
    """
    found = locked(Q(pk=alert_id))
    if not found:
        raise CommandError("not_found", "There is no such alert.")
    row = found[0]
    if row.acknowledged_at is not None:
        row.acknowledged_by = row.acknowledged_at = None
        row.save(update_fields=("acknowledged_by", "acknowledged_at"))
        change = _change(row, AlertChange.Kind.UNACKNOWLEDGED, State(row.state), timezone.now(), actor)
        AlertChange.objects.bulk_create([change])
        tell(Written([row], [change], untold([row])))
    return row


@transaction.atomic
def acknowledge_told(actor: User, incidents: Mapping[int, int]) -> None:
    """The same for what somebody was told of: alerts by id with their incidents. Those that are over stay so."""
    found = locked(Q(pk__in=list(incidents), state__in=FIRES))
    _acknowledge(actor, [row for row in found if row.incident == incidents[row.pk]])


def _acknowledge(actor: User, rows: Sequence[Alert]) -> None:
    now, written = timezone.now(), Written()
    for row in rows:
        if row.acknowledged_at is None:
            row.acknowledged_by, row.acknowledged_at = actor, now
            row.save(update_fields=("acknowledged_by", "acknowledged_at"))
            written.changes.append(_change(row, AlertChange.Kind.ACKNOWLEDGED, State(row.state), now, actor))
            written.rows.append(row)
            args = {"alert": row.pk, "incident": row.incident}
            written.jobs.append((TAKEN, Wanted(args, f"{TAKEN}.{row.pk}.{row.incident}")))
    AlertChange.objects.bulk_create(written.changes)
    tell(written)
