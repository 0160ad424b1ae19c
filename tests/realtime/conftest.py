"""What the tests of the core share: a stream kind of their own, and a hub without a server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from project.accounts import actions
from project.accounts.authentication import Identity
from project.accounts.models import User
from project.accounts.scopes import ALL_SCOPES
from project.realtime import access, commands, log, relay, streams
from project.realtime.database import in_database
from project.realtime.hub import Hub
from project.realtime.models import Epoch, Event, Lease, Presence, Process, Stream
from project.realtime.streams import Question, Retention, StreamKind, Verdict

PATIENCE = 30.0  # seconds until something that should happen has not: a limit for a hang, on any machine


def lab_verdicts(questions: Sequence[Question]) -> Mapping[Question, Verdict]:
    """Everybody may read every stream of the lab, but those whose key says otherwise."""
    answers = {"secret": Verdict.FORBIDDEN, "nowhere": Verdict.NOT_FOUND}
    return {(user, key): answers.get(key, Verdict.OK) for user, key in questions}


@pytest.fixture(autouse=True)
def lab(monkeypatch: pytest.MonkeyPatch) -> StreamKind:
    """Streams named `lab.<anything>`, kept for 30 days or 1,000 events, where `lab.erased` redacts."""
    kind = StreamKind("lab", lab_verdicts, Retention(days=30, count=1000), frozenset({"lab.erased"}))
    monkeypatch.setitem(streams._kinds, "lab", kind)
    return kind


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The real database: transactions commit, and every thread sees what the others committed.

    Stands in for pytest-django's fixture of this name, whose truncating of every table takes half a second a test.
    """
    with django_db_blocker.unblock():
        yield
        for model in (Event, Stream, Epoch, Presence, Process, Lease, User):
            model.objects.all().delete()


@pytest.fixture
def alice(transactional_db: None) -> User:
    return User.objects.create(username="alice")


@pytest.fixture
def removed(lab: StreamKind, monkeypatch: pytest.MonkeyPatch) -> set[tuple[int, str]]:
    """Users and keys of streams that they may not read any more. Filled by the test."""
    gone: set[tuple[int, str]] = set()

    def verdicts(questions: Sequence[Question]) -> Mapping[Question, Verdict]:
        return {question: Verdict.FORBIDDEN if question in gone else Verdict.OK for question in questions}

    monkeypatch.setitem(streams._kinds, "lab", StreamKind("lab", verdicts, lab.retention))
    return gone


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Everything that this process announces during the test."""
    seen: list[dict[str, Any]] = []
    relay.attach(seen.append)
    yield seen
    relay.attach(None)


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    """A hub that is fed by what this process commits. Its clockwork and its channel layer stand still."""
    hub = Hub()
    hub.epoch = await in_database(log.current_epoch)
    relay.attach(hub.take)
    commands.on_written(hub.written)
    yield hub
    relay.attach(None)
    tasks = [*hub._tasks, *(c._pump for c in hub.connections if getattr(c, "_pump", None))]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def identity(user_id: int = 1, **more: Any) -> Identity:
    return Identity(user_id, "somebody", ALL_SCOPES, **more)


def by_token(user: User) -> Identity:
    token, _ = actions.issue_token(user, "test")
    return identity(user.pk, token_id=token.pk)


async def change(**what: Any) -> None:
    def change() -> None:
        with transaction.atomic():
            access.changed(**what)

    await in_database(change)


def append(stream: str, *types: str, subject: str = "", **data: Any) -> int:
    """Commits one event for each type, `lab.noted` without any; returns the last seq."""
    with transaction.atomic():
        return [log.append(stream, type, data, subject=subject) for type in types or ("lab.noted",)][-1]


async def commit(stream: str, *types: str, subject: str = "", **data: Any) -> int:
    """The same off the event loop."""
    return await in_database(lambda: append(stream, *types, subject=subject, **data))


async def eventually(happened: Callable[[], object], what: str = "", seconds: float = PATIENCE) -> None:
    """Lets everything else run until `happened()`."""
    try:
        async with asyncio.timeout(seconds):
            while not happened():
                await asyncio.sleep(0.001)
    except TimeoutError:
        raise AssertionError(f"it never happened: {what}") from None


def seqs_of(payload: bytes) -> list[int]:
    """The seqs in a JSON array of items."""
    return [item["seq"] for item in json.loads(payload)]
