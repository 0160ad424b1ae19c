"""One leader of all processes closes windows each second, tells the boards that somebody follows, and judges rules.

Its lease has a fence: a number that grows with every new leader. Whatever a leader commits, it commits together with an
update of that row under its own number; so one that was paused, and believes that it still leads, commits nothing.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection, connections, transaction
from django.db.models import BigIntegerField, Case, Value, When
from django.db.models.functions import Greatest
from pydantic import ValidationError

from project.realtime import log
from project.realtime.database import UNREACHABLE
from project.realtime.log import Entry

from . import metrics, retention, revisions, ticking
from .ingest.writing import CLOSING_LOCK
from .models import Board, Ticker
from .revisions import Due
from .rules.judging import Judge
from .store import in_turn, on_postgres
from .tiers import AHEAD_SECONDS, WATERMARK_SECONDS

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

LEASE_SECONDS = 3.0
"""Renewed every second. A leader that was killed is replaced a second after this at most."""


class Leader:
    """A process that leads, or would if nobody else did."""

    def __init__(self) -> None:
        self.holder = secrets.token_hex(16)
        self._fence = 0
        self._judge = Judge()

    @property
    def leads(self) -> bool:
        """Whether it led when it last looked."""
        return self._fence > 0

    def beat(self, now: float) -> bool:
        """Does what is due at this moment, if this process leads, or can begin to; returns whether it does.

        Raises the ORM's errors while the database is away. Whatever was done by then is done.
        """
        window, begun = int(now - WATERMARK_SECONDS) - 1, time.monotonic()
        if self._close(window, now) or (self._take_over(now) and self._close(window, now)):
            self._tell(now)
            closed = Ticker.objects.get(pk=1).closed
            self._judge.judge(closed, now, lambda: self._renew(now + time.monotonic() - begun))
        return self.leads

    def resign(self) -> None:
        """Lets another process lead at once."""
        Ticker.objects.filter(holder=self.holder).update(until=0)
        self._fence = 0

    def _take_over(self, now: float) -> bool:
        row, _ = Ticker.objects.get_or_create(pk=1)
        self._fence = 0
        if now < row.until < now + LEASE_SECONDS + AHEAD_SECONDS:
            return False
        taken = Ticker.objects.filter(pk=1, fence=row.fence, until=row.until).update(
            holder=self.holder, fence=row.fence + 1, until=now + LEASE_SECONDS
        )
        if taken:  # else another process was faster
            self._fence = row.fence + 1
        return bool(taken)

    def _close(self, window: int, now: float) -> bool:
        """Closes windows up to this one and renews the lease. Waits for those who are writing into them."""
        if not self._fence:
            return False
        with transaction.atomic():
            if on_postgres():
                with connection.cursor() as sql:
                    sql.execute("SELECT pg_advisory_xact_lock(%s)", [CLOSING_LOCK])
            was_ahead = When(closed__gt=window + AHEAD_SECONDS, then=Value(window))
            closed = Case(was_ahead, default=Greatest("closed", window), output_field=BigIntegerField())
            return self._renew(now, closed=closed)

    def _renew(self, now: float, **more: object) -> bool:
        mine = Ticker.objects.filter(pk=1, holder=self.holder, fence=self._fence)
        if mine.update(until=now + LEASE_SECONDS, **more):
            return True
        self._fence = 0  # somebody else leads by now
        return False

    def _tell(self, now: float) -> None:
        row = Ticker.objects.get(pk=1)
        due = revisions.due(row.ticked, row.closed)
        if row.closed == row.ticked and not due.ids:
            return
        boards = list(Board.objects.filter(followed_until__gt=now, deleted_at=None).order_by("pk"))
        told = {board.stream: _entries(board, row.closed, due, now) for board in boards}
        with transaction.atomic():
            if not self._renew(now, ticked=row.closed):
                return
            # Before the streams, as every change of a board takes them.
            locked = (
                Board.objects.select_for_update().filter(pk__in=[board.pk for board in boards]).order_by("pk")
            )
            Board.objects.filter(pk__in=list(locked.values_list("pk", flat=True))).update(ticked=row.closed)
            _append({stream: some for stream, some in told.items() if some})
            revisions.remove(due)
        metrics.TICKS.inc(sum(map(len, told.values())))


def _entries(board: Board, closed: int, due: Due, now: float) -> list[Entry]:
    """A board's ticks. One that cannot be read any more has none, and keeps nothing from the others."""
    try:
        return ticking.entries(board, closed, due, now)
    except ValidationError:
        logger.exception("The board %s cannot be read", board.slug)
        return []


def _append(told: Mapping[str, Sequence[Entry]]) -> None:
    log.append_each({stream: len(some) for stream, some in told.items()}, lambda _: told)


class Clock:
    """Beats once a second in a thread of its own, until it is stopped."""

    def __init__(self) -> None:
        self.leader = Leader()
        self._stopping = threading.Event()
        # Not to be waited for at exit: what it has not committed then, the next leader does.
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self._tending: threading.Thread | None = None

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the present beat, and lets another process lead."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        tended = 0.0
        while not self._stopping.is_set():
            now = time.time()
            try:
                if _alone(self._beat, now) and now - tended > retention.EVERY_SECONDS:
                    tended = now
                    self._tend(now)
            except UNREACHABLE as error:
                logger.warning("The database cannot be reached: %s", error)
            except Exception:
                logger.exception("Closing windows failed")
            metrics.LEADS.set(self.leader.leads)
            self._stopping.wait(1.0 - time.time() % 1.0)
        try:
            _alone(self.leader.resign)
        except UNREACHABLE:
            logger.warning("Could not resign; another process leads when the lease has run out")

    def _tend(self, now: float) -> None:
        """Forgets what is old, in a thread of its own: that may take longer than a lease lasts."""
        if self._tending is None or not self._tending.is_alive():
            self._tending = threading.Thread(target=_tended, args=(now,), name="retention", daemon=True)
            self._tending.start()

    def _beat(self, now: float) -> bool:
        with in_turn():
            return self.leader.beat(now)


def _tended(now: float) -> None:
    try:
        _alone(retention.tend, now)
    except UNREACHABLE as error:
        logger.warning("The database cannot be reached: %s", error)
    except Exception:
        logger.exception("Forgetting old windows failed")
    finally:
        connections.close_all()  # the thread ends here


def _alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()
