"""What a message that begins with `/name` does besides being said: apps offer it, the chat carries it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .attachments import Attachment

Handler = Callable[[int, str], Sequence[Attachment]]
"""Takes the author's id and what stands behind the name; returns what hangs below the message.

Raises CommandError `invalid` where the text says nothing it can use: then nothing is said.
"""


@dataclass(frozen=True)
class Slash:
    """A command. `usage` is shown while it is typed: `/metric NAME [1h]`."""

    name: str
    usage: str
    description: str
    handle: Handler


_slashes: dict[str, Slash] = {}


def register(slash: Slash) -> None:
    """Makes a command known. Called from an app's `ready()`; a name can be taken once."""
    if slash.name in _slashes:
        raise ValueError(f"the command /{slash.name} is registered already")
    _slashes[slash.name] = slash


def registered() -> list[Slash]:
    """Every command, by name."""
    return [_slashes[name] for name in sorted(_slashes)]


def find(body: str) -> tuple[Slash, str] | None:
    """The command that this text begins with, and what stands behind it."""
    if not body.startswith("/"):
        return None
    name, _, rest = body[1:].partition(" ")
    slash = _slashes.get(name)
    return (slash, rest.strip()) if slash else None
