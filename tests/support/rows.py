"""Rows of everything that the admin shows, each about something of its own, so that a query a row is noticed."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone

from chat.models import Kind, Membership, Message, Room
from dashboard.models import (
    Alert,
    AlertChange,
    Board,
    DeadLetter,
    Metric,
    Post,
    PostedIncident,
    Rule,
    Series,
    Share,
    Silence,
    Source,
    Target,
)
from dashboard.rules.schemas import Definition
from notifications.models import (
    Broadcast,
    Delivery,
    Device,
    Mute,
    Notification,
    Preference,
    Settings,
    Subscription,
    Topic,
)
from project.accounts.models import ApiToken, Invitation, User
from project.jobs.models import Job
from project.realtime.models import Event, Stream

NOTICE = {"kind": "system", "title": "Maintenance", "body": "At noon.", "link": "/rooms/"}
PANEL = {"id": "a", "type": "line", "title": "Load", "queries": [{"metric": "load", "by": ["host"]}]}


def make(count: int) -> None:
    """So many rows of every model that has a page in the admin."""
    for number in range(count):
        _make(number)


def _make(n: int) -> None:
    now = timezone.now()
    later = now + timedelta(days=1)
    user = User.objects.create(
        username=f"somebody{n}", display_name=f"Some Body {n}", email=f"s{n}@example.org"
    )
    user.groups.add(Group.objects.create(name=f"group {n}"))
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    token = ApiToken.objects.create(user=user, name="deploys", digest=f"{n}", prefix="wr_1", scopes=["read"])
    Invitation.objects.create(inviter=user, used_by=user, digest=f"{n}", expires=later, email=user.email)
    message = _talk(n, user)
    _alerts(n, user, message, Board.objects.create(slug=f"board-{n}", title=f"Board {n}", panels=[PANEL]))
    metric = Metric.objects.create(name=f"load{n}", help="How busy.")
    labels = f'{{"host":"h{n}"}}'
    Series.objects.create(
        metric=metric, labels=labels, digest=f"{n}", token=token, user=user, last_at=time.time()
    )
    DeadLetter.objects.create(
        sender=f"token {token.pk}",
        metric=metric.name,
        labels=labels,
        value="1",
        measured_at=1e9,
        reason="too_late",
    )
    key = f"token {token.pk}" if n % 2 else f"user {user.pk}"
    Source.objects.create(key=key, newest_at=time.time(), received_at=time.time())
    Target.objects.create(name=f"shop{n}", url="http://127.0.0.1:9/metrics", error="It did not answer.")
    _notified(n, user)
    Job.objects.create(name="nothing", key=f"{n}", args={"n": n}, error="ValueError: no", state="failed")
    stream = Stream.objects.create(name=f"board.board-{n}", head=1)
    Event.objects.create(stream=stream, seq=1, type="board.changed", data="{}", at=now)


def _talk(n: int, user: User) -> Message:
    room = Room.objects.create(name=f"Room {n}", kind=Kind.OPEN, created_by=user)
    Membership.objects.create(room=room, user=user)
    said: Callable[..., Message] = Message.objects.create
    first = said(room=room, author=user, seq=1, body="Is it slow?", client_id=uuid.uuid4())
    return said(room=room, author=user, seq=2, body="It is.", client_id=uuid.uuid4(), reply_to=first)


def _alerts(n: int, user: User, message: Message, board: Board) -> None:
    now = timezone.now()
    definition = Definition.model_validate(
        {
            "title": f"Rule {n}",
            "condition": {"kind": "threshold", "query": {"metric": "load"}, "above": 5},
            "followers": {"people": [user.pk]},
            "room": message.room_id,
        }
    ).stored()
    rule = Rule.objects.create(title=f"Rule {n}", board=board, severity="warning", definition=definition)
    url = f"/rooms/{message.room_id}/?seq={message.seq}"
    post = Post.objects.create(room=message.room_id, message=message.pk, url=url)
    alert = Alert.objects.create(
        rule=rule, labels='{"host":"a"}', digest=f"{n}", state="firing", since=int(time.time()), mark=0,
        value=9.123456789, why="9.12 is above 5", incident=1, fired=int(time.time()), told=1,
        acknowledged_by=user, acknowledged_at=now, post=post,
    )  # fmt: skip
    PostedIncident.objects.create(post=post, alert=alert, incident=1, fired=alert.fired)
    AlertChange.objects.create(alert=alert, at=now, before="ok", state="firing", why=alert.why, actor=user)
    silenced: dict[str, Any] = {"rule": rule, "labels": {"host": "a"}, "author": user, "ended_by": user}
    Silence.objects.create(until=now + timedelta(hours=1), comment="Known", **silenced)
    Share.objects.create(
        board=board, digest=f"{n}", name="Wall", created_by=user, expires_at=now + timedelta(days=1)
    )


def _notified(n: int, user: User) -> None:
    topic = Topic.objects.create(name=f"topic-{n}", description="What is deployed.")
    Subscription.objects.create(topic=topic, user=user, turn=1)
    note = Notification.objects.create(
        recipient=user, actor=user, kind="mention", title="Mentioned", body="Look."
    )
    device = Device.objects.create(
        user=user, name="Phone", endpoint=f"https://push.test/{n}", endpoint_digest=f"{n}"
    )
    Delivery.objects.create(notification=note, channel="push", device=device)
    Settings.objects.create(user=user)
    Preference.objects.create(user=user, kind="mention", channel="email", wanted=False)
    Mute.objects.create(user=user, source=topic.source, source_name=topic.name)
    Broadcast.objects.create(audience="everyone", notice=NOTICE, sender=user)


def of(model: type[Model]) -> Model:
    """One of them."""
    return model._default_manager.order_by("pk").latest("pk")
