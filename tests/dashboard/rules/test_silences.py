"""Nobody is told of what is silenced, for as long as it is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from dashboard.actions import silences
from dashboard.models import Alert, Rule
from dashboard.rules.schemas import DAYS
from project.accounts.models import User
from tests.dashboard.rules.conftest import Watchman, history, inbox, states
from tests.support.jobs import run_due

Make = Callable[..., Rule]


def test_nobody_is_told_of_what_is_silenced_until_it_is_not(
    follow: Make, watch: Watchman, alice: User
) -> None:
    rule = follow(group_by=["host"])
    silence = silences.create(alice, rule.pk, {"host": "a"}, in_an_hour(), "known")
    watch.load(9, host="a")
    watch.load(9, host="b")
    watch.passes()
    run_due()
    assert [note.title for note in inbox(alice)] == ["Load: b"]
    assert dict(Alert.objects.values_list("labels", "silenced")) == {
        '{"host":"a"}': True,
        '{"host":"b"}': False,
    }
    silences.delete(alice, silence.pk)
    run_due()
    assert [note.count for note in inbox(alice)] == [2]
    assert states() == {"host=a": "firing", "host=b": "firing"}


def test_a_silence_that_is_over_is_noticed(follow: Make, watch: Watchman, alice: User) -> None:
    rule = follow()
    silence = silences.create(alice, rule.pk, {}, in_an_hour(), "")
    watch.passes(value=9)
    type(silence).objects.update(until="2020-01-01T00:00Z")
    watch.passes(value=9)
    run_due()
    assert len(inbox(alice)) == 1
    assert [kind for kind, _ in history(Alert.objects.get())] == ["state", "silenced", "unsilenced"]


def test_nobody_is_told_in_mute_times(follow: Make, watch: Watchman, alice: User) -> None:
    always = {"days": list(DAYS), "from": "00:00", "until": "00:00", "zone": "Europe/Vienna"}
    follow(mute_times=[always])
    watch.passes(value=9)
    run_due()
    assert inbox(alice) == []
    assert Alert.objects.get().silenced


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)
