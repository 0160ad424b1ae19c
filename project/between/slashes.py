"""What a message that begins with `/name` does besides being said: apps offer it, the chat carries it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .attachments import Attachment

Handler = Callable[[int, str], Sequence[Attachment]]
"""Takes the author's id and what stands behind the name; returns what hangs below the message.

Raises CommandError `invalid` where the text says nothing it can use: then nothing is said.
"""


class Suggestion(NamedTuple):
    """A word that what is being typed may become, and what to say of it."""

    word: str
    note: str = ""


def _nothing(text: str) -> Sequence[Suggestion]:
    return ()


@dataclass(frozen=True)
class Slash:
    """A command. `usage` is shown while it is typed: `/metric NAME [1h]`.

    `suggest` takes what stands behind the name so far, and returns what its last word may become, the best first.
    """

    name: str
    usage: str
    description: str
    handle: Handler
    suggest: Callable[[str], Sequence[Suggestion]] = _nothing


_slashes: dict[str, Slash] = {}


def register(slash: Slash) -> None:
    """Makes a command known. Called from an app's `ready()`; a name can be taken once."""
    if slash.name in _slashes:
        raise ValueError(f"the command /{slash.name} is registered already")
    _slashes[slash.name] = slash


def registered() -> list[Slash]:
    """Every command, by name."""
    return [_slashes[name] for name in sorted(_slashes)]


def named(name: str) -> Slash | None:
    """The command of this name."""
    return _slashes.get(name)


def find(body: str) -> tuple[Slash, str] | None:
    """The command that this text begins with, and what stands behind it."""
    if not body.startswith("/"):
        return None
    name, _, rest = body[1:].partition(" ")
    slash = _slashes.get(name.strip())
    return (slash, rest.strip()) if slash else None
