"""Forgetting: by age and by count, `oldest` first, and never what is still to be kept."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from project.realtime import log, retention, streams
from project.realtime.access import CONTROL_STREAM
from project.realtime.models import Event, Lease, Stream
from project.realtime.streams import Retention, StreamKind
from project.realtime.watch import claim
from tests.realtime.conftest import append, lab_verdicts

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten events or a week."""
    kind = StreamKind("lab", lab_verdicts, Retention(days=7, count=10))
    monkeypatch.setitem(streams._kinds, "lab", kind)


def age(stream: str, days: float, up_to: int) -> None:
    at = timezone.now() - timedelta(days=days)
    Event.objects.filter(stream__name=stream, seq__lte=up_to).update(at=at)


def seqs(stream: str) -> list[int]:
    return [event.seq for event in log.read(stream, 0, 1000)]


def test_the_newest_are_kept_by_count() -> None:
    append("lab.1", *["lab.noted"] * 25)
    assert retention.prune() == 15
    assert seqs("lab.1") == list(range(16, 26))
    assert log.heads(["lab.1"])["lab.1"] == (25, 16)


def test_the_old_are_forgotten_by_age() -> None:
    append("lab.1", *["lab.noted"] * 5)
    age("lab.1", days=8, up_to=3)
    assert retention.prune() == 3
    assert log.heads(["lab.1"])["lab.1"] == (5, 4)


def test_pruning_again_changes_nothing() -> None:
    append("lab.1", *["lab.noted"] * 12)
    retention.prune()
    assert retention.prune() == 0
    assert seqs("lab.1") == list(range(3, 13))


def test_a_stream_that_is_old_altogether_keeps_its_place() -> None:
    append("lab.1", *["lab.noted"] * 5)
    age("lab.1", days=8, up_to=5)
    retention.prune()
    assert log.heads(["lab.1"])["lab.1"] == (5, 6)
    assert append("lab.1") == 6


def test_every_stream_goes_by_its_own_kind() -> None:
    append("lab.1", *["lab.noted"] * 12)
    append(CONTROL_STREAM, *["access.changed"] * 12)
    append("unknown.1", *["lab.noted"] * 12)
    retention.prune()
    assert (len(seqs("lab.1")), len(seqs(CONTROL_STREAM)), len(seqs("unknown.1"))) == (10, 12, 12)


def test_many_are_removed_in_several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_EVENTS", 4)
    append("lab.1", *["lab.noted"] * 25)
    assert retention.prune() == 15
    assert seqs("lab.1") == list(range(16, 26))


def test_what_an_interrupted_run_left_behind_is_removed_by_the_next() -> None:
    append("lab.1", *["lab.noted"] * 12)
    Stream.objects.filter(name="lab.1").update(oldest=9)  # it came as far as this
    append("lab.1", *["lab.noted"] * 8)
    retention.prune()
    assert seqs("lab.1") == list(range(11, 21))


def test_what_an_interrupted_run_left_behind_is_removed_even_when_nothing_new_is_due() -> None:
    append("lab.1", *["lab.noted"] * 5)
    Stream.objects.filter(name="lab.1").update(oldest=4)
    assert retention.prune() == 3
    assert seqs("lab.1") == [4, 5]


def test_the_command_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    append("lab.1", *["lab.noted"] * 12)
    call_command("prune")
    assert capsys.readouterr().out == "2 rows removed.\n"


def test_a_lease_is_held_by_one_at_a_time() -> None:
    assert claim("work", 60)
    assert not claim("work", 60)
    assert claim("other work", 60)
    Lease.objects.filter(name="work").update(until=timezone.now() - timedelta(seconds=1))
    assert claim("work", 60)


def test_apps_prune_what_is_theirs_along_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_others", [])
    retention.register(lambda: 7)
    append("lab.1", *["lab.noted"] * 12)
    assert retention.prune() == 2 + 7
