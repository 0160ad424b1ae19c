"""A database whose transactions commit, and somebody to send measurements."""

import time
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from dashboard import actions, models
from dashboard.ingest.points import Result, Sender
from dashboard.ingest.samples import push_of
from dashboard.ingest.writing import write
from dashboard.tiers import TIERS
from project.accounts.actions import create_user
from project.accounts.models import ApiToken, User
from project.jobs.models import Job
from project.realtime.models import Event, Stream
from tests.dashboard.told import PANELS, follow

KEPT = (
    models.BoardVersion,
    models.Board,
    models.Revision,
    models.DeadLetter,
    models.Batch,
    models.Ticker,
    models.Target,
    models.Source,
    models.Series,
    models.Metric,
    Job,
    Event,
    Stream,
    ApiToken,
    User,
)


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    settings.METRICS_LATE_SECONDS = 7_200  # clocks of these tests stand still from when they were collected


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The real database: transactions commit, so that partitions, locks and threads are what they are in life."""
    with django_db_blocker.unblock():
        models.Board.objects.all().delete()  # those that a site has from its first start
        yield
        for tier in TIERS:
            WINDOWS[tier.name].objects.all().delete()
        for model in KEPT:
            model.objects.all().delete()


WINDOWS = {
    "1s": models.Rollup1s,
    "10s": models.Rollup10s,
    "1m": models.Rollup1m,
    "1h": models.Rollup1h,
    "1d": models.Rollup1d,
}


@pytest.fixture
def alice(transactional_db: None) -> User:
    return create_user("alice", display_name="Alice A.")


Push = Callable[..., Result]


@pytest.fixture
def push(transactional_db: None) -> Push:
    """`push({"name": …, "value": …}, …)`: takes these samples in, from one sender, and tells what became of them."""

    def push(*samples: object, batch: str = "", sender: Sender | None = None, agent: str = "") -> Result:
        return write([push_of(sender or Sender(own="test"), samples, batch, time.time(), agent)])[0]

    return push


@pytest.fixture
def board(alice: User) -> models.Board:
    """One that is followed, with panels of every way to compute."""
    board = actions.create(alice, "Board", PANELS)
    follow(board)
    return board
