"""The registry of commands: every way a command can end, in the words of the contract."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pytest
from django.db import OperationalError
from ninja import Schema
from prometheus_client import REGISTRY
from pydantic import field_validator

from project.accounts.authentication import Identity
from project.accounts.models import User
from project.realtime import commands
from project.realtime.commands import Request, batch_command, command, execute
from project.realtime.database import in_database
from project.realtime.errors import CommandError
from tests.realtime.conftest import identity

pytestmark = pytest.mark.usefixtures("transactional_db")


class Shout(Schema):
    words: list[str]
    loud: bool = False

    @field_validator("words")
    @classmethod
    def must_not_be_rude(cls, words: list[str]) -> list[str]:
        if "damn" in words:
            raise ValueError("Mind your language.")
        return words


class Errors:
    """What the next handler raises."""

    due: ClassVar[list[Exception]] = []


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands and nothing else."""
    monkeypatch.setattr(commands, "_commands", {})
    monkeypatch.setattr(Errors, "due", [])

    @command("test.shout", Shout, scope="write")
    def shout(actor: User, data: Shout) -> Mapping[str, Any]:
        if Errors.due:
            raise Errors.due.pop()
        return {"by": actor.username, "words": data.words}

    @batch_command("test.many", Shout, stream=lambda data: f"test.{data.loud}")
    def many(requests: Sequence[Request]) -> Sequence[Mapping[str, Any] | CommandError]:
        if Errors.due:
            raise Errors.due.pop()
        return [
            CommandError("conflict", "Said already.")
            if "again" in request.data.words
            else {"by": request.actor_id}
            for request in requests
        ]

    @command("test.whisper", Shout, silent=True)
    def whisper(actor: User, data: Shout) -> None:
        return None


@pytest.fixture
def me(alice: User) -> Identity:
    return identity(alice.pk)


def refusals_counted(code: str) -> float:
    return REGISTRY.get_sample_value("watchroom_commands_total", {"code": code}) or 0.0


Refusal = Callable[..., Any]


@pytest.fixture
def refusal(me: Identity) -> Refusal:
    """Runs a command that must be refused, and returns the error."""

    async def run(name: str = "test.shout", data: Any = None, who: Identity = me) -> CommandError:
        with pytest.raises(CommandError) as refused:
            await execute(who, name, data if data is not None else {"words": ["hi"]})
        return refused.value

    return run


async def test_a_command_runs_for_whoever_asks_and_answers(me: Identity) -> None:
    assert await execute(me, "test.shout", {"words": ["hi"]}) == {"by": "alice", "words": ["hi"]}


async def test_a_batched_command_answers_each_request(me: Identity) -> None:
    assert await execute(me, "test.many", {"words": ["hi"]}) == {"by": me.user_id}


async def test_unknown_command(refusal: Refusal) -> None:
    error = await refusal("test.sing" + "x" * 500)
    assert error.code == "unknown_command"
    assert len(error.message) < 120


@pytest.mark.parametrize("data", [[], "words", 3, None, {"words": "hi"}, {}, {"words": ["damn"]}])
async def test_invalid_says_which_field(me: Identity, data: Any) -> None:
    with pytest.raises(CommandError) as refused:
        await execute(me, "test.shout", data)
    assert refused.value.code == "invalid"
    assert list(refused.value.fields) == (["data"] if isinstance(data, list | str | int) else ["words"])


async def test_invalid_names_a_place_inside_a_list(refusal: Refusal) -> None:
    error = await refusal(data={"words": ["ok", 7]})
    assert list(error.fields) == ["words.1"]


async def test_a_sentence_of_our_own_validators_comes_as_it_is(refusal: Refusal) -> None:
    error = await refusal(data={"words": ["damn"]})
    assert error.fields == {"words": "Mind your language."}


async def test_forbidden_without_the_scope(refusal: Refusal, me: Identity) -> None:
    error = await refusal(who=Identity(me.user_id, "alice", frozenset({"read"})))
    assert error.code == "forbidden"


async def test_unauthenticated_once_the_account_is_inactive(refusal: Refusal, alice: User) -> None:
    await in_database(User.objects.filter(pk=alice.pk).update, is_active=False)
    assert (await refusal()).code == "unauthenticated"


@pytest.mark.parametrize("code", ["forbidden", "not_found", "conflict", "too_large", "rate_limited"])
async def test_what_the_handler_refuses_reaches_the_client(refusal: Refusal, code: str) -> None:
    Errors.due.append(CommandError(code, "Because.", retry_after=2))
    counted = refusals_counted(code)
    error = await refusal()
    assert (error.code, error.message, error.retry_after) == (code, "Because.", 2)
    assert refusals_counted(code) == counted + 1


async def test_one_of_a_batch_may_be_refused(refusal: Refusal) -> None:
    assert (await refusal("test.many", {"words": ["again"]})).code == "conflict"


@pytest.mark.parametrize("name", ["test.shout", "test.many"])
async def test_unavailable_while_the_database_is_away(refusal: Refusal, name: str) -> None:
    Errors.due.append(OperationalError("connection to server at 10.0.0.1 failed"))
    error = await refusal(name)
    assert (error.code, error.retry_after) == ("unavailable", 1)
    assert "10.0.0.1" not in error.message


@pytest.mark.parametrize("name", ["test.shout", "test.many"])
async def test_internal_for_a_fault_of_ours_which_is_logged_and_not_told(
    refusal: Refusal, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    Errors.due.append(ZeroDivisionError("our secret"))
    error = await refusal(name)
    assert error.code == "internal"
    assert "secret" not in error.message
    assert "our secret" in caplog.text


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        command("test.shout", Shout)(lambda actor, data: None)


def test_the_registry_is_listed_by_name() -> None:
    assert [found.name for found in commands.registered()] == ["test.many", "test.shout", "test.whisper"]
    assert (commands.is_batched("test.many"), commands.is_silent("test.whisper")) == (True, True)
    assert (commands.is_batched("nonsense"), commands.is_silent("nonsense")) == (False, False)
