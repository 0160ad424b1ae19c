"""What rules have come to see, written: under the leader's fence, and only of rules that are still the same."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dashboard.models import Alert, Rule, Silence, State
from dashboard.rules import events
from dashboard.rules.conditions import Watch
from dashboard.rules.evaluating import Moved, Step
from dashboard.rules.muting import is_quiet
from project.realtime.log import Entry

from .alerts import Turn, Written, locked, tell, turn

Key = tuple[int, str]
"""A rule, and the labels of one of its alerts."""


def write(
    read: Sequence[Rule],
    watches: Mapping[int, Watch],
    steps: Mapping[int, Step],
    silences: Sequence[Silence],
    now: datetime,
    renew: Callable[[], bool],
) -> bool:
    """Writes these steps, by their moments. Returns whether that was done: not where `renew` says that another leads.

    `read` are rules as they were when the steps were evaluated, and `silences` those that hold `now`.
    """
    with transaction.atomic():
        if not renew():
            return False
        rules = _unchanged(read, {pk for step in steps.values() for pk in step.readings})

        def moved_to(one: Moved) -> Turn:
            row, rule = _row(rows, (one.rule, one.key), rules), watches[one.rule].rule
            quiet = is_quiet(one.rule, events.parsed_labels(one.key), rule.mute_times, silences, now)
            return Turn(row, one.status, quiet, one.reading.value, one.reading.why)

        rows = _rows(
            {(one.rule, one.key) for step in steps.values() for one in step.moved if one.rule in rules}
        )
        written = Written()
        for at, step in sorted(steps.items()):
            written.add(turn([moved_to(one) for one in step.moved if one.rule in rules], at))
        tell(written, {events.ALL: _evaluated(rules, steps)})
    return True


def _unchanged(read: Sequence[Rule], due: set[int]) -> dict[int, Rule]:
    """Of the rules that were due, those that nobody has changed meanwhile. They stay as they are from here on."""
    was = {row.pk: (row.version, row.evaluated) for row in read}
    rows = Rule.objects.select_for_update(of=("self",)).select_related("board")
    found = rows.filter(pk__in=due, enabled=True, deleted_at=None).order_by("pk")
    return {row.pk: row for row in found if was[row.pk] == (row.version, row.evaluated)}


def _rows(keys: set[Key]) -> dict[Key, Alert]:
    digests = {digest(labels) for _, labels in keys}
    found = locked(Q(rule__in={pk for pk, _ in keys}, digest__in=digests)) if keys else []
    return {(row.rule_id, row.labels): row for row in found}


def _row(rows: dict[Key, Alert], key: Key, rules: Mapping[int, Rule]) -> Alert:
    """The alert's row: a new one for what was always ok so far."""
    if key not in rows:
        pk, labels = key
        rows[key] = Alert(
            rule=rules[pk], labels=labels, digest=digest(labels), state=State.OK, since=0, mark=0
        )
    return rows[key]


def digest(labels: str) -> str:
    """Finds an alert by its labels: these are too long for an index."""
    return hashlib.sha256(labels.encode()).hexdigest()[:32]


def _evaluated(rules: Mapping[int, Rule], steps: Mapping[int, Step]) -> list[Entry]:
    """Notes until when these rules are judged, and tells of those whose errors have come or gone."""
    newest = {pk: at for at, step in sorted(steps.items()) for pk in step.readings if pk in rules}
    for at in set(newest.values()):
        Rule.objects.filter(pk__in=[pk for pk, last in newest.items() if last == at]).update(evaluated=at)
    entries = []
    for pk, at in sorted(newest.items()):
        error = steps[at].errors.get(pk, "")[: Rule._meta.get_field("error").max_length]
        if error != rules[pk].error:
            rules[pk].error = error
            rules[pk].save(update_fields=("error",))
            entries.append(events.rule_changed(rules[pk]))
    return entries
