"""The registry of commands: a name, a schema, a handler. Every transport and the HTTP API run them through here."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from pydantic import BaseModel, ValidationError

from project.accounts.authentication import Identity
from project.realtime import metrics
from project.realtime.database import UNREACHABLE, in_database
from project.realtime.errors import CommandError
from project.realtime.group_commit import GroupCommit

logger = logging.getLogger(__name__)


class Request(NamedTuple):
    """One command of a batch. `token_id` is 0 for somebody who is signed in by a session."""

    actor_id: int
    data: Any
    token_id: int = 0


Reply = Mapping[str, Any] | None
Outcome = Reply | CommandError
Single = Callable[..., Reply]
Batched = Callable[[Sequence[Request]], Sequence[Outcome]]


@dataclass(frozen=True)
class Command:
    """A registered command. Exactly one of `handler` and `batch` is set."""

    name: str
    schema: type[BaseModel]
    scope: str
    reply: Any
    silent: bool
    with_identity: bool = False
    handler: Single | None = None
    batch: Batched | None = None
    stream: Callable[[Any], str] | None = None


_commands: dict[str, Command] = {}
_group_commit = GroupCommit[Request, Outcome]()


def command(
    name: str,
    schema: type[BaseModel],
    *,
    scope: str = "write",
    reply: Any = None,
    silent: bool = False,
    with_identity: bool = False,
) -> Callable[[Single], Single]:
    """Registers `handler(actor, data)`, which runs in a worker thread and returns the reply's data.

    It refuses by raising CommandError. `reply` is the schema of what it returns, for the documentation. A `silent`
    command gets no reply on a WebSocket. `with_identity` gives the handler, last, by what the actor has signed in.
    """

    def register(handler: Single) -> Single:
        _add(Command(name, schema, scope, reply, silent, with_identity, handler=handler))
        return handler

    return register


def batch_command(
    name: str,
    schema: type[BaseModel],
    *,
    stream: Callable[[Any], str],
    scope: str = "write",
    reply: Any = None,
) -> Callable[[Batched], Batched]:
    """Registers `handler(requests)`, which is given what arrived for one `stream(data)` while it was at work.

    It returns a reply or a CommandError for each request, in order, and opens its own transaction. If it raises,
    each request is tried alone, so one bad request cannot take others with it.
    """

    def register(handler: Batched) -> Batched:
        _add(Command(name, schema, scope, reply, False, batch=handler, stream=stream))
        return handler

    return register


def registered() -> list[Command]:
    """Every command, by name."""
    return [_commands[name] for name in sorted(_commands)]


def find(name: str) -> Command:
    """The command of this name.

    Raises CommandError `unknown_command`.
    """
    if name not in _commands:
        raise CommandError("unknown_command", f"There is no command {name[:80]!r}.")
    return _commands[name]


def is_batched(name: str) -> bool:
    """Whether requests of this command are put together, and keep their order by themselves."""
    return name in _commands and _commands[name].batch is not None


def is_silent(name: str) -> bool:
    """Whether this command gets no reply on a WebSocket."""
    return name in _commands and _commands[name].silent


def writing_to(stream: str) -> bool:
    """Whether this process is about to commit more to a stream that it writes to in batches."""
    return any(
        command.batch is not None and _group_commit.under_way((command.name, stream))
        for command in _commands.values()
    )


def on_written(callback: Callable[[str], None]) -> None:
    """Has `callback(stream)` called whenever that has become untrue."""
    _group_commit.settled = lambda key: callback(key[1])  # type: ignore[index]


async def execute(identity: Identity, name: str, data: Any) -> Reply:
    """Runs one command for this person and returns the reply's data.

    Raises CommandError, and nothing else: `unavailable` while the database is away, `internal` (logged) for a fault
    of ours.
    """
    try:
        command = find(name)
        parsed = _parse(command, identity, data)
        if command.batch and command.stream:
            request = Request(identity.user_id, parsed, identity.token_id)
            outcome = await _group_commit.submit((name, command.stream(parsed)), command.batch, request)
            if isinstance(outcome, CommandError):
                raise outcome
        else:
            outcome = await in_database(_run_single, command, identity, parsed)
    except CommandError as error:
        metrics.COMMANDS.labels(error.code).inc()
        raise
    except UNREACHABLE as error:
        logger.warning("%s cannot be served: %s", name, error)
        metrics.COMMANDS.labels("unavailable").inc()
        raise CommandError(
            "unavailable", "The database cannot be reached in time. Try again.", retry_after=1
        ) from error
    except Exception as error:
        logger.exception("%s failed", name)
        metrics.COMMANDS.labels("internal").inc()
        raise CommandError("internal", "Something went wrong on our side.") from error
    metrics.COMMANDS.labels("ok").inc()
    return outcome


def _add(command: Command) -> None:
    if command.name in _commands:
        raise ValueError(f"the command {command.name!r} is registered already")
    _commands[command.name] = command


def _parse(command: Command, identity: Identity, data: Any) -> BaseModel:
    if command.scope not in identity.scopes:
        raise CommandError("forbidden", f"This token lacks the scope {command.scope!r}.")
    if not isinstance(data, dict | None):  # ninja's schemas would read the attributes of anything else
        raise CommandError("invalid", "The data must be an object.", fields={"data": "must be an object"})
    try:
        return command.schema.model_validate(data or {})
    except ValidationError as error:
        fields = {".".join(map(str, e["loc"])) or "data": _plain(e["msg"]) for e in error.errors()}
        raise CommandError("invalid", "Some fields are not right.", fields=fields) from error


def _plain(message: str) -> str:
    """Pydantic's sentence, without the prefix it gives to errors raised by our own validators."""
    return message.removeprefix("Value error, ")


def _run_single(command: Command, identity: Identity, data: BaseModel) -> Reply:
    actor = get_user_model().objects.filter(pk=identity.user_id, is_active=True).first()
    if actor is None or command.handler is None:
        raise CommandError("unauthenticated", "This account is not active.")
    return command.handler(actor, data, *([identity] if command.with_identity else []))
