"""How far each source has come is known, whatever the clock has closed."""

import time
from typing import Any

import pytest

from dashboard.ingest import sources as senders
from dashboard.ingest.points import Sender
from dashboard.models import Source, Target, Ticker
from dashboard.queries.sources import sources
from dashboard.tiers import WATERMARK_SECONDS
from project.accounts.actions import create_user, issue_token
from project.accounts.models import User
from tests.dashboard.conftest import Push
from tests.dashboard.test_boards import Api

NOW = int(time.time())


def sample(at: float) -> dict[str, Any]:
    return {"name": "load", "value": 1, "at": at}


def test_a_source_has_a_watermark_that_never_goes_back(push: Push, alice: User) -> None:
    sender = Sender(own="agent")
    push(sample(NOW - 30), sample(NOW - 20), sample("never"), sender=sender)
    push(sample(NOW - 25), sender=sender)
    (one,) = sources(alice)
    assert (one["source"], one["newest_at"], one["watermark"]) == (
        "own agent",
        NOW - 20,
        NOW - 20 - WATERMARK_SECONDS,
    )
    assert (one["accepted"], one["rejected"]) == (3, 1)
    assert one["lag"] >= 20


def test_agents_of_a_token_are_told_apart_up_to_a_bound(
    push: Push, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "AGENTS_MAX", 2)
    token, _ = issue_token(alice, "shared", scopes=("metrics",))
    for agent in ("a", "b", "c", "b"):
        push(sample(NOW), sample("never"), sender=Sender(alice.pk, token.pk), agent=agent)
    found = {one["agent"]: (one["name"], one["accepted"], one["rejected"]) for one in sources(alice)}
    assert found == {"a": ("shared", 1, 1), "b": ("shared", 2, 2), "": ("shared", 1, 1)}


def test_what_comes_after_its_window_was_closed_is_counted_as_late(push: Push) -> None:
    Ticker.objects.create(pk=1, closed=NOW - 10)
    push(sample(NOW - 10), sample(NOW - 9))
    assert Source.objects.get().late == 1


def test_a_batch_that_is_sent_again_is_no_progress(push: Push) -> None:
    push(sample(NOW - 5), batch="b")
    push(sample(NOW - 1), batch="b")
    assert (Source.objects.get().accepted, Source.objects.get().newest_at) == (1, NOW - 5)


@pytest.mark.parametrize(("reader", "name"), [("owner", "test"), ("other", ""), ("staff", "test")])
def test_what_a_token_is_called_is_told_to_its_owner_and_to_staff(
    push: Push, alice: User, reader: str, name: str
) -> None:
    token, _ = issue_token(alice, "test", scopes=("metrics",))
    push(sample(NOW), sender=Sender(alice.pk, token.pk))
    who = alice if reader == "owner" else create_user("bob", display_name="Bob B.")
    User.objects.filter(pk=who.pk).update(is_staff=reader == "staff")
    who.refresh_from_db()
    assert [one["name"] for one in sources(who)] == [name]


def test_sources_are_read_over_http(push: Push, alice: User) -> None:
    target = Target.objects.create(name="shop", url="http://127.0.0.1/metrics")
    push(sample(NOW), sender=Sender(own=f"target {target.pk}"))
    (one,) = Api(alice).get("metrics/sources")["sources"]
    assert (one["name"], one["accepted"]) == ("shop", 1)
