"""What hangs below a message: of which types there are, and which module draws one in the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Attachment = Mapping[str, Any]
"""JSON with a `type`; what else is in it is between those who attach it and the module that draws it."""


@dataclass(frozen=True)
class AttachmentType:
    """A type of attachment.

    `module` is the static path of a JavaScript module that exports `attach(element, attachment, page)`, called when the
    element comes into view for the first time; it may return a function that ends what it began. `page` is
    `{live, me, now}`: the page's connection, who is looking, and the server's time in seconds.

    `template` is what the element has in it from the beginning of `attach` on. `styles` are static paths of style
    sheets; they give `.attachment[data-type="<name>"]` its height, so that nothing moves when it is drawn.
    """

    name: str
    module: str
    template: str
    styles: tuple[str, ...] = ()


_types: dict[str, AttachmentType] = {}


def register(kind: AttachmentType) -> None:
    """Makes a type known. Called from an app's `ready()`; a name can be taken once."""
    if kind.name in _types:
        raise ValueError(f"the attachment type {kind.name!r} is registered already")
    _types[kind.name] = kind


def registered() -> list[AttachmentType]:
    """Every type."""
    return list(_types.values())


def styles() -> list[str]:
    """The style sheets of all of them, each once, in order."""
    return list(dict.fromkeys(path for kind in registered() for path in kind.styles))
