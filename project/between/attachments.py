"""What hangs below a message: of which types there are, and which module draws one in the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Attachment = Mapping[str, Any]
"""JSON with a `type`; what else is in it is between those who attach it and the module that draws it."""


@dataclass(frozen=True)
class AttachmentType:
    """A type of attachment. `module` is the static path of a JavaScript module that exports
    `attach(element, attachment, page)` and may return a function that ends what it began; `styles` that of its styles.
    """

    name: str
    module: str
    styles: str = ""


_types: dict[str, AttachmentType] = {}


def register(kind: AttachmentType) -> None:
    """Makes a type known. Called from an app's `ready()`; a name can be taken once."""
    if kind.name in _types:
        raise ValueError(f"the attachment type {kind.name!r} is registered already")
    _types[kind.name] = kind


def registered() -> list[AttachmentType]:
    """Every type."""
    return list(_types.values())
