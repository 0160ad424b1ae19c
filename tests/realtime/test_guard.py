"""Whose right to read ends is cut off: the right stream, or the whole connection, and nobody else."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError

from project.accounts import actions
from project.accounts.authentication import Identity
from project.accounts.models import ApiToken, User
from project.realtime import access, database, guard, log, relay
from project.realtime.access import CONTROL_STREAM
from project.realtime.database import in_database
from project.realtime.hub import Hub
from project.realtime.protocol import Close, parse_cursor
from project.realtime.streams import Question
from project.realtime.subscription import Subscription
from tests.realtime.conftest import PATIENCE, by_token, change, commit, eventually, identity
from tests.realtime.sinks import CONNECT, Receiver


@pytest.fixture
async def hub(hub: Hub) -> Hub:
    """One that hears news about access."""
    await hub._follow_control()
    return hub


async def test_a_removed_member_loses_that_stream_and_keeps_the_others(
    hub: Hub, alice: User, removed: set[Question]
) -> None:
    receiver = Receiver(hub, await in_database(by_token, alice))
    await receiver.follow("lab.1,lab.2")
    removed.add((alice.pk, "1"))
    await change(user=alice.pk, stream="lab.1")
    await eventually(lambda: receiver.said("revoked"))
    await commit("lab.1")
    await commit("lab.2")
    await receiver.has(1, stream="lab.2")
    assert receiver.said("revoked") == [{"type": "revoked", "stream": "lab.1"}]
    assert receiver.seqs("lab.1") == []


async def test_two_changes_at_the_same_moment_are_both_looked_at(
    hub: Hub, alice: User, removed: set[Question]
) -> None:
    receiver = Receiver(hub, await in_database(by_token, alice))
    await receiver.follow("lab.1,lab.2")
    removed |= {(alice.pk, "1"), (alice.pk, "2")}
    hub.guard.look({"user": alice.pk, "stream": "lab.1"})
    hub.guard.look({"user": alice.pk, "stream": "lab.2"})
    await eventually(lambda: len(receiver.said("revoked")) == 2)


async def test_a_closed_stream_is_revoked_for_everybody_who_may_not_read_it(
    hub: Hub, alice: User, removed: set[Question]
) -> None:
    bob = await in_database(User.objects.create, username="bob")
    receivers = [Receiver(hub, await in_database(by_token, user)) for user in (alice, bob)]
    for receiver in receivers:
        await receiver.follow("lab.1")
    removed.add((alice.pk, "1"))
    await change(stream="lab.1")
    await eventually(lambda: receivers[0].said("revoked"))
    await commit("lab.1")
    await receivers[1].has(1)
    assert receivers[1].said("revoked") == []


async def test_a_revoked_token_ends_its_own_connections_only(hub: Hub, alice: User) -> None:
    first, second = [Receiver(hub, await in_database(by_token, alice)) for _ in range(2)]
    await first.follow("lab.1")
    await second.follow("lab.1")
    token = await in_database(alice.tokens.get, pk=first.subscription.identity.token_id)
    await in_database(actions.revoke_token, token)
    await eventually(lambda: first.sink.closed_with)
    await commit("lab.1")
    await second.has(1)
    assert (first.sink.closed_with, second.sink.closed_with) == (Close.SIGNED_OUT, None)
    assert first.seqs() == []


def narrow(token_id: int, scopes: list[str]) -> None:
    token = ApiToken.objects.get(pk=token_id)
    token.scopes = scopes
    token.save()


@pytest.mark.parametrize("connect", CONNECT.values(), ids=CONNECT)
async def test_a_token_that_lost_a_scope_ends_its_connections(
    hub: Hub, alice: User, connect: Callable[[Hub, Identity], Subscription]
) -> None:
    subscription = connect(hub, await in_database(by_token, alice))
    await subscription.subscribe(parse_cursor("lab.1"))
    await in_database(narrow, subscription.identity.token_id, ["write"])
    await eventually(lambda: subscription.ended is Close.SIGNED_OUT, "the end")


async def test_a_token_that_gained_a_scope_keeps_its_connections(hub: Hub, alice: User) -> None:
    who = replace(await in_database(by_token, alice), scopes=frozenset({"read"}))
    receiver = Receiver(hub, who)
    await receiver.follow("lab.1")
    await in_database(narrow, who.token_id, ["read", "write"])
    await eventually(lambda: hub.access_news and not hub.guard._running, "the check")
    assert receiver.sink.closed_with is None


async def test_a_deactivated_user_is_out_everywhere(hub: Hub, alice: User) -> None:
    receivers = [Receiver(hub, await in_database(by_token, alice)) for _ in range(2)]
    await in_database(actions.set_active, alice, False)
    await eventually(lambda: all(receiver.sink.closed_with for receiver in receivers))


async def test_an_ended_session_ends_its_connections(hub: Hub) -> None:
    ended = Receiver(hub, identity(1, session=access.session_digest("key")))
    other = Receiver(hub, identity(1, session=access.session_digest("other")))
    await change(session="key")
    await eventually(lambda: ended.sink.closed_with)
    assert ended.said("bye") == [{"type": "bye", "reason": "session_ended"}]
    assert other.sink.closed_with is None


async def test_news_of_a_session_does_not_hold_its_key(hub: Hub) -> None:
    await change(session="the-secret-key")
    [event] = await in_database(log.read, CONTROL_STREAM, 0, 10)
    assert b"the-secret-key" not in event.item


async def test_access_that_ends_while_somebody_subscribes_is_noticed(
    hub: Hub, alice: User, removed: set[Question]
) -> None:
    receiver = Receiver(hub, await in_database(by_token, alice))
    follow = hub.follow

    async def slowly(*arguments: Any) -> Any:
        removed.add((alice.pk, "1"))
        await change(user=alice.pk, stream="lab.1")
        await eventually(lambda: hub.access_news)
        return await follow(*arguments)

    hub.follow = slowly  # type: ignore[method-assign]
    await receiver.subscribe("lab.1")
    await eventually(lambda: receiver.said("revoked"))


async def test_a_check_that_fails_for_whatever_reason_is_made_again(
    hub: Hub, alice: User, removed: set[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(hub, await in_database(by_token, alice))
    await receiver.follow("lab.1")
    failures = iter([OperationalError("away"), OperationalError("still away"), LookupError("a bug")])
    answers = guard._answers

    def away(questions: Any) -> Any:
        if error := next(failures, None):
            raise error
        return answers(questions)

    monkeypatch.setattr(guard, "_answers", away)
    monkeypatch.setattr(guard, "RETRY_SECONDS", 0.01)
    removed.add((alice.pk, "1"))
    await change(user=alice.pk, stream="lab.1")
    await eventually(lambda: receiver.said("revoked"))


async def test_many_connections_are_checked_with_few_queries(
    hub: Hub, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    receivers = [Receiver(hub, await in_database(by_token, alice)) for _ in range(20)]
    for receiver in receivers:
        await receiver.follow("lab.1")
    checks: list[int] = []
    answers = guard._answers
    monkeypatch.setattr(
        guard, "_answers", lambda questions: checks.append(len(questions)) or answers(questions)
    )
    await change(user=alice.pk)
    await eventually(lambda: checks)
    assert checks == [20]


@pytest.fixture
def every_thread_taken() -> Iterator[None]:
    """As many slow commands as there are threads for them."""
    release, taken = threading.Event(), threading.Barrier(database.THREADS + 1)

    def command() -> None:
        taken.wait()
        release.wait()

    for _ in range(database.THREADS):
        database._threads.submit(command)
    taken.wait()
    yield
    release.set()


async def test_access_ends_while_slow_commands_hold_every_thread(
    hub: Hub, alice: User, removed: set[Question], request: pytest.FixtureRequest
) -> None:
    receiver = Receiver(hub, await in_database(by_token, alice))
    await receiver.follow("lab.1")
    request.getfixturevalue("every_thread_taken")
    removed.add((alice.pk, "1"))
    hub.guard.look({"user": alice.pk, "stream": "lab.1"})
    await eventually(lambda: receiver.said("revoked"), "the revocation")


async def test_missed_news_of_ended_access_is_found_while_slow_commands_hold_every_thread(
    hub: Hub, alice: User, removed: set[Question], request: pytest.FixtureRequest
) -> None:
    receiver = Receiver(hub, await in_database(by_token, alice))
    await receiver.follow("lab.1")
    removed.add((alice.pk, "1"))
    relay.attach(None)
    await change(user=alice.pk, stream="lab.1")
    request.getfixturevalue("every_thread_taken")
    await asyncio.wait_for(hub._watch._sweep(), PATIENCE)
    await eventually(lambda: receiver.said("revoked"), "the revocation")
