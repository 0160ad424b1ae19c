"""The demo team."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone
from time_machine import TimeMachineFixture

from chat.demo.scenes import read_scenes
from chat.demo.story import tell
from chat.models import Mention, Message, Reaction, Room
from notifications import queries
from project.accounts.models import User
from project.jobs.models import Job
from project.realtime import log


def demo(**options: object) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_the_demo_is_a_team_of_six_that_talks_in_five_rooms_up_to_now(
    time_machine: TimeMachineFixture,
) -> None:
    time_machine.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC))
    said = demo(messages=400, password="look around")
    assert "400 messages in five rooms" in said
    assert "look around" in said
    assert User.objects.count() == 6
    assert User.objects.filter(is_bot=True).count() == 1
    assert len(set(User.objects.values_list("time_zone", flat=True))) == 6
    assert dict(Room.objects.values_list("kind").annotate(Count("pk"))) == {
        "open": 3,
        "closed": 1,
        "direct": 1,
    }
    assert Message.objects.count() == 400
    newest = Message.objects.order_by("-created_at").first()
    assert newest is not None
    assert timedelta(0) < timezone.now() - newest.created_at < timedelta(minutes=15)
    assert Reaction.objects.exists()
    assert Mention.objects.exists()
    for wanted in ({"reply_to__isnull": False}, {"html__contains": "<pre>"}, {"edited_at__isnull": False}):
        assert Message.objects.filter(**wanted).exists(), wanted


@pytest.mark.django_db
def test_the_demo_team_has_notifications_of_some_days_some_of_them_read_and_nobody_is_sent_any() -> None:
    demo(messages=400)
    maya = User.objects.get(username="maya")
    told = queries.inbox(maya.pk)
    assert {"mention", "direct", "notice"} <= set(told.values_list("kind", flat=True))
    assert told.filter(title="3 services are live", count=3).exists()
    assert told.filter(read_at=None).exists()
    assert told.filter(read_at__isnull=False).exists()
    oldest = told.order_by("created_at").values_list("created_at", flat=True)[0]
    assert timedelta(days=1) < timezone.now() - oldest < timedelta(days=4)
    assert not Job.objects.filter(name__in=["ladder", "push", "email"]).exists()


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hour", [3, 9, 15, 21])
def test_whenever_it_is_somebody_wants_something_of_maya(day: int, hour: int) -> None:
    now = datetime(2026, 11, 16 + day, hour, 5, tzinfo=UTC)
    story = tell(400, now, Random(day))
    assert sum(map(len, story.values())) == 400
    assert all(said.at < now for lines in story.values() for said in lines)
    newest = [said for lines in story.values() for said in lines if said.at > now - timedelta(hours=1)]
    assert any("@maya" in said.text and said.actor.username != "maya" for said in newest)


@pytest.mark.django_db
def test_the_demo_is_never_made_twice() -> None:
    demo(messages=20)
    assert demo(messages=20) == "The demo team is here already. Nothing was made.\n"
    assert Message.objects.count() == 20


@pytest.mark.django_db
def test_the_demo_comes_about_through_events() -> None:
    demo(messages=50)
    for room in Room.objects.all():
        created = [e for e in log.read(room.stream, 0, 10_000) if e.type == "message.created"]
        assert [e.seq for e in created] == list(room.messages.order_by("seq").values_list("seq", flat=True))


def test_the_same_seed_tells_the_same_story() -> None:
    now = timezone.now()
    first, again, other = (tell(300, now, Random(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert sum(len(lines) for lines in first.values()) == 300


def test_every_scene_can_be_played_to_its_end() -> None:
    from chat.demo.cast import CAST

    now = timezone.now()
    for scene in (scene for scenes in read_scenes().values() for scene in scenes):
        for _ in range(6):
            for said in scene.play(list(CAST[:3]), now, Random(5)):
                assert "{" not in said.text.replace("{n}", "")
                assert said.text.strip()
