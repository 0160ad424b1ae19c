"""A handler for each test's own jobs, and a database whose transactions commit."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pytest_django.plugin import DjangoDbBlocker

from project.accounts.models import User
from project.jobs import claims
from project.jobs.models import Job
from project.jobs.registry import Work
from project.jobs.running import Running
from project.realtime.models import Event, Stream
from tests.support.jobs import handler

Register = Callable[..., None]


@pytest.fixture(autouse=True)
def _long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each as long as it can be: in life, what failed may be due again at once."""
    monkeypatch.setattr(claims.random, "uniform", lambda low, high: high)


@pytest.fixture
def register() -> Iterator[Callable[..., None]]:
    """`register("name", work, max_attempts=3)`: that work runs for that name during the test."""
    with ExitStack() as stack:

        def add(name: str, work: Work, *, max_attempts: int = 3) -> None:
            stack.enter_context(handler(name, work, max_attempts=max_attempts))

        yield add


@pytest.fixture
def noted(register: Register) -> list[dict]:
    """The arguments of every job named `note` that ran."""
    seen: list[dict] = []

    def note(running: Running) -> None:
        seen.append(running.args)

    register("note", note)
    return seen


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The real database: transactions commit, and every thread sees what the others committed."""
    with django_db_blocker.unblock():
        yield
        for model in (Job, Event, Stream, User):
            model.objects.all().delete()
