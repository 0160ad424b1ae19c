"""An outage is one message in its room, with live charts, and the message says once when it is over."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from chat import actions as chat
from chat.models import Kind, Membership, Message, Room
from dashboard.actions import alerts, rules
from dashboard.models import Alert, Board, Post, Rule
from dashboard.panels import LABEL_MAX
from dashboard.rules.posting import CHARTS_MAX
from dashboard.rules.schemas import Definition
from project.accounts.actions import create_user
from project.accounts.models import User
from project.realtime import log
from project.realtime.errors import CommandError
from tests.dashboard.rules.conftest import THRESHOLD, Watchman
from tests.support.jobs import run_due

Make = Callable[..., Rule]


@pytest.fixture
def room(alice: User) -> Iterator[Room]:
    yield chat.create_room(alice, "Ops", Kind.OPEN)
    for model in (Message, Membership, Room):
        model.objects.all().delete()


def said() -> Message:
    return Message.objects.select_related("author").get()


def test_an_outage_is_one_message_with_live_charts(make: Make, watch: Watchman, room: Room) -> None:
    make(room=room.pk, group_by=["host"], group_wait=0)
    watch.load(9, host="a")
    watch.load(8, host="b")
    watch.passes()
    run_due()
    message = said()
    assert message.author.is_bot
    assert message.body == "2 alerts:\n- **Load: a**: 9 is above 5.\n- **Load: b**: 8 is above 5."
    first, second = Alert.objects.order_by("pk")
    assert [(one["type"], one["alert"], one["incident"]) for one in message.attachments] == [
        ("alert", first.pk, 1),
        ("alert", second.pk, 1),
    ]
    chart = Board.objects.get(slug=message.attachments[0]["board"])
    assert chart.hidden
    assert chart.panels[0]["queries"][0]["where"] == {"host": "a"}
    assert first.post is not None
    assert first.post.url.startswith(f"/rooms/{room.pk}/")


def test_no_more_charts_are_made_than_a_message_shows(make: Make, watch: Watchman, room: Room) -> None:
    make(room=room.pk, group_by=["host"], group_wait=0)
    for host in "abcde":
        watch.load(9, host=host)
    watch.passes()
    run_due()
    assert len(said().attachments) == Board.objects.filter(hidden=True).count() == CHARTS_MAX


def test_labels_that_no_board_can_ask_for_have_no_chart(
    make: Make, watch: Watchman, room: Room, settings: Settings
) -> None:
    settings.LIMIT_LABEL_LENGTH = 2 * LABEL_MAX
    make(room=room.pk, group_by=["host"], group_wait=0)
    watch.passes(value=9, host="a" * (LABEL_MAX + 1))
    run_due()
    assert said().attachments == []
    assert not Board.objects.filter(hidden=True).exists()


def test_the_message_says_once_when_all_of_it_is_over(make: Make, watch: Watchman, room: Room) -> None:
    make(room=room.pk, group_by=["host"], group_wait=0)
    for values in ((9, 9), (1, 9), (1, 1), (1, 1)):
        for host, value in zip("ab", values, strict=True):
            watch.load(value, host=host)
        watch.passes()
        run_due()
    assert (
        said().body
        == "2 alerts, all over:\n- ~~Load: a~~ is over, after 10 s.\n- ~~Load: b~~ is over, after 20 s."
    )
    types = [event.type for event in log.read(room.stream, 0, 100)]
    assert types.count("message.created") == types.count("message.edited") == 1


def test_the_message_says_it_is_over_when_the_alert_fires_again_at_once(
    make: Make, watch: Watchman, room: Room
) -> None:
    make(room=room.pk, group_wait=0)
    watch.passes(20, value=9)
    run_due()
    watch.passes(value=1)
    watch.passes(value=9)
    run_due()
    first, second = Message.objects.order_by("pk")
    assert first.body == "~~Load~~ is over, after 20 s."
    assert second.body == "**Load**: 9 is above 5."
    assert [message.attachments[0]["incident"] for message in (first, second)] == [1, 2]
    assert [(post.message, post.ended_at is None) for post in Post.objects.order_by("pk")] == [
        (first.pk, False),
        (second.pk, True),
    ]
    watch.passes(value=1)
    run_due()
    second.refresh_from_db()
    assert second.body == "~~Load~~ is over, after 10 s."


def test_one_alert_that_fires_again_leaves_the_message_to_the_others(
    make: Make, watch: Watchman, room: Room
) -> None:
    make(room=room.pk, group_by=["host"], group_wait=0)
    for values, ends in (((9, 9), True), ((1, 9), False), ((9, 9), True), ((9, 1), True)):
        for host, value in zip("ab", values, strict=True):
            watch.load(value, host=host)
        watch.passes()
        if ends:
            run_due()
    first, second = Message.objects.order_by("pk")
    assert first.body == (
        "2 alerts, all over:\n- ~~Load: a~~ is over, after 10 s.\n- ~~Load: b~~ is over, after 30 s."
    )
    assert second.body == "**Load: a**: 9 is above 5."


def test_an_alert_that_fires_again_before_it_was_said_is_said_once(
    make: Make, watch: Watchman, room: Room
) -> None:
    make(room=room.pk, group_wait=0)
    watch.passes(value=9)
    run_due(only=alerts.GROUP)
    watch.passes(value=1)
    watch.passes(value=9)
    run_due()
    assert said().body == "**Load**: 9 is above 5."
    assert [post.ended_at is None for post in Post.objects.order_by("pk")] == [False, True]


def test_a_message_whose_alert_is_over_before_it_was_said_is_not_said(
    make: Make, watch: Watchman, room: Room
) -> None:
    make(room=room.pk, group_wait=0)
    watch.passes(value=9)
    run_due(only=alerts.GROUP)
    watch.passes(value=1)
    run_due(only=alerts.OVER)
    run_due()
    assert not Message.objects.exists()


def test_labels_and_titles_are_said_as_they_are_and_call_nobody(
    make: Make, watch: Watchman, room: Room, alice: User
) -> None:
    make(room=room.pk, group_wait=0, title="*Load* @room", group_by=["host"])
    watch.passes(value=9, host="@alice `x`")
    run_due()
    message = said()
    assert not message.mentions_room
    assert "<strong>*Load* @" in message.html


def test_a_room_that_cannot_be_written_to_is_noted_and_nothing_else_fails(
    make: Make, watch: Watchman, room: Room, alice: User
) -> None:
    make(room=room.pk, group_wait=0, followers={"people": [alice.pk]})
    chat.archive_room(alice, room.pk)
    watch.passes(value=9)
    run_due()
    assert not Message.objects.exists()
    assert Post.objects.get().error
    assert Alert.objects.get().told == 1


def test_a_rule_cannot_be_made_to_speak_in_a_room_one_is_not_in(
    make: Make, room: Room, alice: User, watch: Watchman
) -> None:
    bob = create_user("bob")
    definition = Definition.model_validate({"title": "Load", "condition": THRESHOLD, "room": room.pk})
    with pytest.raises(CommandError, match="no such room"):
        rules.create(bob, definition)
    rule = rules.create(alice, definition)
    rules.update(bob, rule.pk, definition.model_copy(update={"title": "Still there"}), None)
