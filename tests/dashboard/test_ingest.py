"""What is sent is in every tier, once; what cannot be taken is refused with its reason."""

import math
import time
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from dashboard.ingest.points import Result, Sender
from dashboard.ingest.samples import push_of
from dashboard.ingest.writing import write
from dashboard.models import DeadLetter, Metric, Revision, Series, Ticker
from dashboard.tiers import TIERS
from project.accounts.actions import issue_token
from project.accounts.models import User
from tests.dashboard.conftest import WINDOWS, Push

NOW = time.time()


def reasons(result: Result) -> list[tuple[int, str]]:
    return [(one.index, one.reason) for one in result.rejected]


def sample(value: object = 1.0, **more: object) -> dict[str, object]:
    return {"name": "load", "value": value} | more


def test_a_sample_is_in_every_tier(push: Push) -> None:
    at = time.time() - 5
    result = push(sample(2.5, at=at), sample(0.5, at=at))
    assert (result.accepted, result.rejected) == (2, [])
    for tier in TIERS:
        row = WINDOWS[tier.name].objects.get()
        assert (row.start, row.count, row.sum, row.min, row.max) == (tier.window(at), 2, 3.0, 0.5, 2.5)
        assert (row.last, row.last_at) == (2.5, at)


def test_a_window_grows_with_what_comes_later_and_keeps_its_newest_value(push: Push) -> None:
    at = math.floor(time.time()) - 20.0
    push(sample(1.0, at=at + 0.5))
    push(sample(4.0, at=at + 0.25))
    row = WINDOWS["1s"].objects.get()
    assert (row.count, row.sum, row.last) == (2, 5.0, 1.0)


def test_labels_make_the_series_in_whatever_order(push: Push) -> None:
    push(sample(labels={"host": "a", "zone": "x"}), sample(labels={"zone": "x", "host": "a"}), sample())
    assert sorted(Series.objects.values_list("labels", flat=True)) == ['{"host":"a","zone":"x"}', "{}"]


def test_a_moment_may_be_written_as_text(push: Push) -> None:
    at = datetime.fromtimestamp(math.floor(time.time()) - 9, UTC)
    push(sample(at=at.isoformat()))
    assert WINDOWS["1s"].objects.get().start == int(at.timestamp())


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (sample(math.nan), "not_finite"),
        (sample(-math.inf), "not_finite"),
        (sample(1e200), "too_large"),
        (sample("1"), "value"),
        (sample(True), "value"),
        (sample(None), "value"),
        ("load", "value"),
        (sample(-1, kind="counter"), "value"),
        (sample(kind="histogram"), "kind"),
        (sample(kind=[]), "kind"),
        ({"value": 1}, "name"),
        ({"name": "1st", "value": 1}, "name"),
        (sample(labels=["a"]), "labels"),
        (sample(labels={"a": 1}), "labels"),
        (sample(labels={"a b": "c"}), "labels"),
        (sample(labels={"a": "\x00"}), "labels"),
        (sample(labels={"a": "\ud800"}), "labels"),
        (sample(labels={"a": "x" * 201}), "label_too_long"),
        (sample(labels={f"a{n}": '"' * 200 for n in range(20)}), "label_too_long"),
        (sample(labels={f"a{n}": "x" for n in range(21)}), "too_many_labels"),
        (sample(at="yesterday"), "time"),
        (sample(at="2026-01-01T10:00:00"), "time"),
        (sample(at=10**400), "time"),
        (sample(at=math.nan), "time"),
        (sample(at=NOW + 10_000), "future"),
        (sample(at=NOW - 10_000), "too_late"),
        (sample(at=-1e300), "too_late"),
    ],
)
def test_a_sample_that_cannot_be_taken_has_a_reason_and_costs_no_other(
    bad: object, reason: str, push: Push
) -> None:
    result = push(sample(1), bad, sample(2))
    assert reasons(result) == [(1, reason)]
    assert result.accepted == 2
    assert WINDOWS["1d"].objects.get().sum == 3


def test_a_sample_of_another_kind_is_refused(push: Push) -> None:
    push(sample(kind="counter"))
    assert reasons(push(sample(kind="gauge"))) == [(0, "kind")]
    assert push(sample()).accepted == 1
    assert Metric.objects.get().kind == "counter"


def test_what_comes_too_late_is_kept_to_be_looked_at(push: Push) -> None:
    push(sample(7.5, labels={"host": "a"}, at=NOW - 10_000))
    letter = DeadLetter.objects.get()
    assert (letter.metric, letter.value, letter.labels) == ("load", "7.5", '{"host":"a"}')
    assert letter.reason == "too_late"
    assert not WINDOWS["1d"].objects.exists()


def test_a_batch_that_is_sent_again_counts_once_and_gets_the_first_answer(push: Push) -> None:
    first = push(sample(1), sample(math.nan), batch="b1")
    again = push(sample(1), sample(math.nan), batch="b1")
    assert again == first
    assert push(sample(1), batch="b1", sender=Sender(own="other")).accepted == 1
    assert WINDOWS["1d"].objects.get().count == 2


def test_a_metric_has_no_more_series_than_it_may(push: Push, settings: Settings) -> None:
    settings.LIMIT_SERIES_PER_METRIC = 2
    result = push(*[sample(labels={"n": str(n)}) for n in range(4)])
    assert [reason for _, reason in reasons(result)] == ["series_per_metric"] * 2
    known = Series.objects.first()
    assert known is not None
    assert result.accepted == 2
    assert Series.objects.count() == 2


@pytest.mark.parametrize("with_token", [True, False])
def test_who_may_make_no_more_series_makes_no_metrics_either(
    push: Push, alice: User, settings: Settings, with_token: bool
) -> None:
    settings.LIMIT_SERIES_PER_TOKEN = 1
    sender = Sender(alice.pk, issue_token(alice, "agent", scopes=["metrics"])[0].pk if with_token else 0)
    assert push(sample(name="own.one"), sample(name="own.two")).accepted == 2
    result = push(sample(), sample(name="other"), sender=sender)
    assert [reason for _, reason in reasons(result)] == ["series_per_sender"]
    assert push(sample(name="third"), sender=sender).accepted == 0
    assert Metric.objects.count() == 3


def test_a_sample_for_a_closed_window_is_a_revision(push: Push) -> None:
    at = int(time.time())
    Ticker.objects.create(pk=1, closed=at - 10)
    push(sample(at=at - 10), sample(at=at - 9), sample(at=at - 10.0))
    assert list(Revision.objects.values_list("metric__name", "start")) == [("load", at - 10)]


def test_a_series_that_was_remembered_and_is_gone_is_made_anew(push: Push) -> None:
    push(sample(1))
    before = Series.objects.get().pk
    Series.objects.all().delete()
    assert push(sample(2)).accepted == 1
    after = Series.objects.get()
    assert after.pk != before
    assert WINDOWS["1d"].objects.get(series=after).sum == 2


def test_of_two_pushes_with_one_batch_in_one_transaction_one_counts_and_both_get_its_answer(
    transactional_db: None,
) -> None:
    one = push_of(Sender(own="test"), [sample(1)], "b1", time.time())
    assert [result.accepted for result in write([one, one])] == [1, 1]
    assert WINDOWS["1d"].objects.get().count == 1
    assert write([one])[0].accepted == 1
    assert WINDOWS["1d"].objects.get().count == 1
