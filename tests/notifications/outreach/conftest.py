"""Alice is told things; bob and charlie too where it takes more. A clock that stands still, and real servers."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from math import ceil
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from notifications import actions
from notifications.models import Delivery, Device, Notification, Occurrence, Topic
from notifications.outreach import keys
from project.accounts.actions import create_user
from project.accounts.models import User
from project.jobs import queue
from tests.support.identities import signed_in
from tests.support.jobs import run_due, waiting
from tests.support.mail_server import MailServer
from tests.support.push_service import Browser, PushService

Reach = Callable[..., Notification]
NOON = "2026-03-04 12:00 +0000"  # a Wednesday
_seqs = count(1)


class Clock:
    """Stands still but when it is moved."""

    def __init__(self, machine: TimeMachineFixture) -> None:
        self._machine = machine
        self.set(NOON)

    def set(self, moment: str) -> None:
        self._machine.move_to(moment, tick=False)

    def forward(self, **amount: float) -> None:
        self._machine.shift(timedelta(**amount))


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> Clock:
    return Clock(time_machine)


@pytest.fixture(autouse=True)
def site(settings: Settings, tmp_path: Any) -> Iterator[None]:
    """A key of its own for each test, mail to nowhere, and push services on loopback allowed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    settings.DATA_DIR = tmp_path
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    settings.PUSH_PRIVATE = True
    settings.ORIGINS, settings.ALLOWED_HOSTS = ["http://chat.example.org"], ["*"]
    keys.vapid.cache_clear()
    yield
    keys.vapid.cache_clear()


def person(name: str) -> User:
    user = create_user(name, display_name=name.title())
    User.objects.filter(pk=user.pk).update(email=f"{name}@example.org")
    user.refresh_from_db()
    return user


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return person("charlie")


@pytest.fixture
def ops(db: None) -> Topic:
    return Topic.objects.create(name="ops")


@pytest.fixture
def push_service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.stop()
    assert not service.refused


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    server = MailServer()
    settings.EMAIL_URL = server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.stop()


@pytest.fixture
def browser(push_service: PushService, alice: User) -> Browser:
    """Alice's."""
    return browser_of(push_service, alice)


@pytest.fixture
def stranger() -> Client:
    """A mail program: it has no session, and no page of ours."""
    return Client(enforce_csrf_checks=True)


def browser_of(service: PushService, user: User) -> Browser:
    browser = service.subscribe()
    actions.add_device(user, signed_in(user), **browser.subscription(), name="Firefox on Linux")
    return browser


def device_of(user: User, endpoint: str = "https://push.example.org/1") -> Device:
    """A browser that nothing is sent to in this test."""
    return actions.add_device(user, signed_in(user), endpoint=endpoint, p256dh="", auth="")


def told(user: User, *, key: str = "", begin: bool = True, **values: Any) -> Notification:
    """Somebody's new notification, with its first job where it is of a priority that has one."""
    seq = next(_seqs)
    values = {"kind": "notice", "title": "Disk full", "priority": 3, "seq": seq, "news_seq": seq} | values
    row = Notification.objects.create(recipient=user, **values)
    Occurrence.objects.create(
        recipient=user, notification=row, dedupe_key=key or f"key {row.pk}", title=row.title, seq=seq
    )
    if begin:
        ladder(row)
    return row


def ladder(row: Notification) -> None:
    """The job that `notify` puts with a notification."""
    due = timezone.now() + timedelta(seconds=0 if row.priority == 5 else 30)
    queue.put("ladder", {"notification": row.pk, "rung": 0}, key=f"ladder.{row.pk}", due=due)


def climb(clock: Clock, **amount: float) -> None:
    """Lets so much time pass, and takes every rung that falls due on its way, at most half a minute late."""
    end, half_minute = timezone.now() + timedelta(**amount), timedelta(seconds=30)
    while True:
        run_due(only="ladder")
        now = timezone.now()
        if now >= end:
            return
        due = min([end, *(job.due_at for job in waiting("ladder"))])
        clock.forward(seconds=30 * max(1, ceil((due - now) / half_minute)))


def deliveries(user: User) -> list[tuple[str, float]]:
    """Everything that was to be sent to somebody: its channel, and how many minutes after their notification."""
    rows = Delivery.objects.filter(notification__recipient=user).select_related("notification").order_by("pk")
    return [
        (row.channel, (row.created_at - row.notification.created_at) / timedelta(minutes=1)) for row in rows
    ]


@pytest.fixture
def reach(alice: User, browser: Browser, clock: Clock) -> Reach:
    """Tells alice something, and lets half a minute pass."""

    def tell(**values: Any) -> Notification:
        row = told(alice, **values)
        clock.forward(seconds=30)
        run_due()
        return row

    return tell


def states() -> list[str]:
    """What became of each delivery, the oldest first."""
    return [str(row.state) for row in Delivery.objects.order_by("pk")]
