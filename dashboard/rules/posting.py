"""Messages in rooms that tell of alerts: said once, with a live chart, and changed once when all of it is over."""

import uuid
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import pydantic
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from dashboard.actions import alerts
from dashboard.actions.alerts import Written
from dashboard.actions.charts import chart_of
from dashboard.models import WHY_MAX, Alert, Post, PostedIncident, Rule
from dashboard.panels import Query
from project.accounts.actions import create_user
from project.accounts.models import User
from project.between.attachments import Attachment
from project.between.rooms import rooms
from project.jobs import queue
from project.jobs.models import Priority
from project.jobs.registry import job
from project.jobs.running import Running
from project.realtime.errors import CommandError

from . import events, wording
from .schemas import Composite, parsed

POST, CHANGE = "alert_post", "alert_post_over"
NAMESPACE = uuid.UUID("5f0c3ac4-98a5-4d0e-9a51-6a0d2b7c2f6e")
CHART_SECONDS = 3_600
CHARTS_MAX = 3
"""Below one message: a wall of charts says less than the page."""
BOT_NAMES = ("alerts", "alerts-bot", "watchroom-alerts")
"""The first one that is free, or ours."""


def prepare(rows: Sequence[Alert]) -> None:
    """Has a message said in each room that these alerts are to be told of in. In the caller's transaction, which has
    locked the alerts, and saves their `post`."""
    by_room: dict[int, list[Alert]] = {}
    for row in rows:
        if room := row.rule.definition["room"]:
            by_room.setdefault(room, []).append(row)
    incidents = []
    for room, some in sorted(by_room.items()):
        post = Post.objects.create(room=room)
        for row in some:
            row.post = post
            incidents.append(PostedIncident(post=post, alert=row, incident=row.incident, fired=row.fired))
        queue.put(POST, {"post": post.pk}, key=f"{POST}.{post.pk}", priority=Priority.FIRST)
    PostedIncident.objects.bulk_create(incidents)


@job(POST)
def say(running: Running) -> None:
    """Says it. Where that cannot be done, the post says why."""
    with transaction.atomic():
        running.finish()
        rows = alerts.locked(Q(post=running.args["post"]))
        post = Post.objects.select_for_update().get(pk=running.args["post"])
        if post.message is not None or post.ended_at is not None or not rows:
            return
        told = post.incidents.filter(alert__in=rows).select_related("alert__rule").order_by("alert")
        try:
            with transaction.atomic():
                client_id = uuid.uuid5(NAMESPACE, f"{post.pk}")
                posted = rooms().post(post.room, bot(), wording.firing(rows), _attached(told), client_id)
        except (CommandError, LookupError) as error:
            post.error = str(error)[:WHY_MAX]
            post.save(update_fields=("error",))
            return
        post.message, post.url = posted.message, posted.url
        post.save(update_fields=("message", "url"))
        for row in rows:
            row.post = post
        alerts.tell(Written(rows=rows))


def end(alert_id: int, incident: int) -> None:
    """Has the message that tells of this incident changed when the last of its incidents is over. In the caller's
    transaction."""
    rows = Post.objects.select_for_update(of=("self",))
    post = rows.filter(incidents__alert=alert_id, incidents__incident=incident, ended_at=None).first()
    if post is None or post.incidents.filter(ended=None).exists():
        return
    post.ended_at = timezone.now()
    post.save(update_fields=("ended_at",))
    if post.message is not None:
        queue.put(CHANGE, {"post": post.pk}, key=f"{CHANGE}.{post.pk}", priority=Priority.FIRST)


@job(CHANGE)
def change(running: Running) -> None:
    """Has the message say that it is over."""
    with transaction.atomic():
        running.finish()
        post = Post.objects.get(pk=running.args["post"])
        told = list(post.incidents.select_related("alert__rule").order_by("alert"))
        if post.message is not None and told:
            rooms().change(post.message, wording.over(told), _attached(told))


def _attached(told: Iterable[PostedIncident]) -> Sequence[Attachment]:
    found = (_attachment(one) for one in told)
    return list(islice((one for one in found if one is not None), CHARTS_MAX))


def _attachment(one: PostedIncident) -> dict[str, Any] | None:
    row = one.alert
    query = _query(row)
    if query is None:
        return None
    title = wording.headline(row)
    return {
        "type": "alert",
        "alert": row.pk,
        "incident": one.incident,
        "rule": row.rule_id,
        "board": chart_of(title, query, CHART_SECONDS).slug,
        "title": title,
        "seconds": CHART_SECONDS,
    }


def _query(row: Alert) -> Query | None:
    """What an alert's chart shows: the rule's query for these labels; for a composite rule that of its first."""
    condition = parsed(row.rule.definition).condition
    if isinstance(condition, Composite):
        first = Rule.objects.filter(pk=(condition.all or condition.any)[0]).first()
        condition = parsed(first.definition).condition if first else condition
    if isinstance(condition, Composite):
        return None
    query, labels = condition.query.model_copy(deep=True), events.labels_of(row)
    query.where |= labels
    if query.ratio_to is not None and query.ratio_to.by:
        query.ratio_to.where |= labels
        query.ratio_to.by = []
    try:
        return Query.model_validate(query.model_dump())
    except pydantic.ValidationError:  # more labels, or longer ones, than a board can ask for
        return None


def bot() -> User:
    """Who says it: made when there is something to say for the first time."""
    for name in BOT_NAMES:
        user = User.objects.filter(username__iexact=name).first()
        if user is None:
            try:
                with transaction.atomic():
                    user = create_user(name, display_name="Alerts", bot=True)
            except (IntegrityError, ValidationError):  # another process was faster
                user = User.objects.filter(username__iexact=name).first()
        if user is not None and user.is_bot and user.is_active:
            return user
    raise LookupError("nobody can say it: all names for a bot are taken")
