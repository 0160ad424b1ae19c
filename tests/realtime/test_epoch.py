"""After a backup was restored: positions are void, and people may be others than they were."""

from collections.abc import Callable, Iterable

import pytest
from django.utils import timezone

from project.accounts.models import ApiToken, User
from project.realtime import log
from project.realtime.access import CONTROL_STREAM
from project.realtime.database import in_database
from project.realtime.feed import Feed
from project.realtime.hub import Hub
from project.realtime.models import Event, Stream
from project.realtime.protocol import Close, parse_cursor
from project.realtime.streams import Question
from project.realtime.subscription import Subscription
from tests.realtime.conftest import by_token, change, commit, eventually
from tests.realtime.sinks import CONNECT, Receiver


@pytest.fixture
async def hub(hub: Hub) -> Hub:
    """One that hears news about access."""
    await hub._follow_control()
    return hub


def restore(forget: str = "") -> None:
    """The database is another one from here on, and nobody announces what is different."""
    Event.objects.filter(stream__name=forget).delete()
    Stream.objects.filter(name=forget).update(head=0)
    log.rotate_epoch()


@pytest.mark.parametrize("connect", CONNECT.values(), ids=CONNECT)
async def test_whoever_is_nobody_in_the_restored_history_is_out_at_once(
    hub: Hub, alice: User, connect: Callable[..., Subscription]
) -> None:
    subscription = connect(hub, await in_database(by_token, alice))
    await subscription.subscribe(parse_cursor("lab.1"))

    def revoke_unannounced() -> None:
        ApiToken.objects.update(revoked_at=timezone.now())
        restore()

    await in_database(revoke_unannounced)
    await hub.look_at_epoch()
    await eventually(lambda: subscription.ended is Close.SIGNED_OUT)


async def test_whoever_comes_in_meanwhile_is_looked_at_again(hub: Hub) -> None:
    news = hub.access_news
    await in_database(restore)
    await hub.look_at_epoch()
    assert hub.access_news != news


async def test_news_of_access_is_heard_from_the_restored_history(
    hub: Hub, alice: User, removed: set[Question]
) -> None:
    for _ in range(3):
        await change(user=alice.pk)
    await eventually(lambda: hub.feeds[CONTROL_STREAM].flushed >= 3)
    await in_database(restore, CONTROL_STREAM)
    await hub.look_at_epoch()
    receiver = Receiver(hub, await in_database(by_token, alice))
    await receiver.follow("lab.1")
    removed.add((alice.pk, "1"))
    await change(user=alice.pk, stream="lab.1")
    await eventually(lambda: receiver.said("revoked"))


async def test_what_is_committed_while_a_new_epoch_is_noticed_is_looked_for_at_once(
    hub: Hub, alice: User
) -> None:
    await in_database(restore)
    assert not hub._watch._hurry.is_set()
    await hub.look_at_epoch()
    assert hub._watch._hurry.is_set()


async def test_a_reset_in_the_middle_of_a_subscription_leaves_it_fed(
    hub: Hub, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(hub, await in_database(by_token, alice))
    await commit("lab.1")
    await receiver.follow("lab.1:1")
    follow = hub.follow

    async def rotated_meanwhile(subscription: Subscription, names: Iterable[str]) -> dict[str, Feed]:
        monkeypatch.setattr(hub, "follow", follow)
        feeds = await follow(subscription, names)
        await in_database(restore)
        await hub.look_at_epoch()
        return feeds

    monkeypatch.setattr(hub, "follow", rotated_meanwhile)
    await receiver.follow("lab.1")
    await commit("lab.1")
    await receiver.has(2)
    assert receiver.sink.closed_with is None
