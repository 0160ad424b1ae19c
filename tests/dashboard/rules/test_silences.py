"""Nobody is told of what is silenced, for as long as it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.actions import rules, silences
from dashboard.models import Alert, Rule
from dashboard.rules.schemas import DAYS, parsed
from project.accounts.models import User
from project.realtime import log
from tests.dashboard.rules.conftest import NOW, Watchman, history, inbox, states, told
from tests.support.jobs import run_due

Make = Callable[..., Rule]


def test_nobody_is_told_of_what_is_silenced_until_it_is_not(
    follow: Make, watch: Watchman, alice: User
) -> None:
    rule = follow(group_by=["host"])
    silence = silences.create(alice, rule.pk, {"host": "a"}, in_an_hour(), "known")
    watch.hosts(a=9, b=9)
    assert [note.title for note in inbox(alice)] == ["Load: b"]
    assert dict(Alert.objects.values_list("labels", "silenced")) == {
        '{"host":"a"}': True,
        '{"host":"b"}': False,
    }
    silences.delete(alice, silence.pk)
    run_due()
    assert [note.count for note in inbox(alice)] == [2]
    assert states() == {"host=a": "firing", "host=b": "firing"}


def test_the_end_of_a_silence_is_noticed_at_its_time_and_told(
    follow: Make, watch: Watchman, alice: User
) -> None:
    rule = follow(every=600)
    silence = silences.create(alice, rule.pk, {}, in_an_hour(), "")
    watch.passes(600, value=9)
    end = watch.at + 5
    type(silence).objects.update(
        until=datetime.fromtimestamp(end, UTC), created_at=datetime.fromtimestamp(NOW, UTC)
    )
    watch.leader.beat(end - 1)
    run_due()
    assert inbox(alice) == []
    head = log.heads([rule.board.stream])[rule.board.stream].head
    watch.leader.beat(end)
    run_due()
    assert len(inbox(alice)) == 1
    assert [kind for kind, _ in history(Alert.objects.get())] == ["state", "silenced", "unsilenced"]
    assert told(after=head, stream=rule.board.stream) == [("", "firing")]
    watch.leader.beat(end + 6)
    with CaptureQueriesContext(connection) as spent:
        watch.leader.beat(end + 7)
    assert not any("dashboard_alert" in one["sql"] for one in spent)


def test_mute_times_begin_and_end_at_their_time(follow: Make, watch: Watchman, alice: User) -> None:
    begin = datetime.fromtimestamp(NOW + 660, UTC)
    window = {"days": list(DAYS), "from": f"{begin:%H:%M}", "until": f"{begin + timedelta(minutes=1):%H:%M}"}
    follow(mute_times=[window], every=600)
    watch.passes(600, value=9)
    alert = Alert.objects.get()

    def silenced(at: int) -> bool:
        watch.leader.beat(NOW + at)
        alert.refresh_from_db()
        return alert.silenced

    assert [silenced(at) for at in (659, 660, 719, 720)] == [False, True, True, False]


def test_a_rule_that_is_given_a_mute_time_is_quiet_at_once(
    follow: Make, watch: Watchman, alice: User
) -> None:
    always = {"days": list(DAYS), "from": "00:00", "until": "00:00", "zone": "Europe/Vienna"}
    rule = follow()
    watch.passes(value=9)
    rules.update(alice, rule.pk, parsed(rule.definition | {"mute_times": [always]}), None)
    run_due()
    assert inbox(alice) == []
    assert Alert.objects.get().silenced


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)
