"""Telling people of alerts: one notice for one outage, once each, and nothing any more when it is over.

What fires is told when its group has had time to come together, by one job for all of it. Each alert is one occurrence
of the notification that its group is for each person, so that what recovers goes from it, and the notification with the
last.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q

from dashboard.actions import alerts
from dashboard.models import Alert, State
from notifications import actions
from notifications.actions import Notice
from notifications.kinds import Kind, register
from notifications.models import Notification, Occurrence, Subscription
from project.accounts.models import User
from project.jobs import queue
from project.jobs.models import Priority
from project.jobs.registry import job
from project.jobs.running import Running

from . import events, posting
from .machine import FIRES
from .wording import headline, why

KIND = "alert"
KEY = "alert."
PRIORITIES = {"critical": 5, "warning": 4, "info": 3}
ACKNOWLEDGE = "alert_acknowledge"
"""The job that brings what somebody has done with a notification to its alerts."""


def register_kind() -> None:
    """Makes the kind known."""
    register(
        Kind(KIND, "Alerts", "Something that a rule watches is not as it should be.", acknowledged=_taken)
    )


def key_of(alert_id: int, incident: int) -> str:
    """What tells apart an incident in people's inboxes."""
    return f"{KEY}{alert_id}.{incident}"


@job(alerts.GROUP)
def tell_group(running: Running) -> None:
    """Tells of everything that fires in a group and that nobody was told of yet: people, and rooms."""
    group: str = running.args["group"]
    kind, _, pk = group.partition(".")
    which = Q(rule=pk) if kind == "rule" else Q(rule__board=pk)
    with transaction.atomic():
        running.finish()
        firing = Q(state=State.FIRING, silenced=False, acknowledged_at=None, told__lt=F("incident"))
        rows = [row for row in alerts.locked(which & firing) if alerts.group_of(row) == group]
        for row in rows:
            row.told = row.incident
        posting.prepare(rows)
        Alert.objects.bulk_update(rows, ("told", "post"))
        actions.tell([one for row in rows for one in _notices(row, group)])


def _notices(row: Alert, group: str) -> Iterable[tuple[Notice, list[int]]]:
    """One alert for those who follow its rule. By a topic first, whose list says who is called when."""
    followers = row.rule.definition["followers"]
    topics = Subscription.objects.filter(topic__name__in=followers["topics"]).order_by("topic", "user")
    by_topic: dict[str, list[int]] = {}
    for name, user_id in topics.values_list("topic__name", "user"):
        by_topic.setdefault(name, []).append(user_id)
    for name, people in by_topic.items():
        yield _notice(row, group, f"topic.{name}", name), people
    if followers["people"]:
        yield _notice(row, group, f"rule.{row.rule_id}", row.rule.title), followers["people"]


def _notice(row: Alert, group: str, source: str, source_name: str) -> Notice:
    return Notice(
        kind=KIND,
        title=headline(row),
        body="\n".join(filter(None, [why(row), row.rule.definition["description"]])),
        link=events.url(row.pk),
        priority=PRIORITIES[row.rule.severity],
        source=source,
        source_name=source_name,
        dedupe_key=key_of(row.pk, row.incident),
        collapse_key=f"alerts.{group}",
        many=f"{{count}} alerts: {row.rule.board.title if group.startswith('board') else row.rule.title}",
    )


@job(alerts.OVER)
def take_back(running: Running) -> None:
    """Takes back what was told of an incident that is over, and has the message in its room say so."""
    alert_id, incident = running.args["alert"], running.args["incident"]
    with transaction.atomic():
        running.finish()
        posting.end(alert_id, incident)
        actions.withdraw(key_of(alert_id, incident))


@job(alerts.TAKEN)
def acknowledge_everywhere(running: Running) -> None:
    """Acknowledges the notifications of everybody who was told of an incident that somebody takes care of, where
    nothing else that they tell of waits. Each in a transaction of its own; a second time, it changes nothing."""
    key = key_of(running.args["alert"], running.args["incident"])
    told = Notification.objects.filter(occurrences__dedupe_key=key, acknowledged_at=None, withdrawn_at=None)
    for pk, recipient in told.order_by("pk").values_list("pk", "recipient"):
        keys = list(Occurrence.objects.filter(notification=pk).values_list("dedupe_key", flat=True))
        if not _waiting(_incidents(keys)):
            actions.acknowledge(recipient, [pk], elsewhere=True)


def _taken(user_id: int, keys: Sequence[str]) -> None:
    """Somebody has acknowledged notifications of these."""
    incidents = _incidents(keys)
    if _waiting(incidents):
        queue.put(
            ACKNOWLEDGE, {"user": user_id, "incidents": sorted(incidents.items())}, priority=Priority.FIRST
        )


@job(ACKNOWLEDGE)
def acknowledge_told(running: Running) -> None:
    """Acknowledges the alerts whose notification somebody has acknowledged."""
    user = User.objects.filter(pk=running.args["user"]).first()
    with transaction.atomic():
        running.finish()
        if user is not None:
            alerts.acknowledge_told(user, dict(running.args["incidents"]))


def _incidents(keys: Iterable[str]) -> dict[int, int]:
    """Alerts with their incidents, from the keys of what people were told; what is being taken back has others."""
    parts = (key.removeprefix(KEY).split(".") for key in sorted(keys) if key.startswith(KEY))
    return {int(alert): int(incident) for alert, incident in parts}


def _waiting(incidents: dict[int, int]) -> bool:
    """Whether one of these fires still, and nobody takes care of it."""
    rows = Alert.objects.filter(pk__in=incidents, state__in=FIRES, acknowledged_at=None)
    return any(incidents[pk] == incident for pk, incident in rows.values_list("pk", "incident"))
