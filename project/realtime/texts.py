"""Texts that the database can keep."""

from pydantic import BeforeValidator


def storable(value: object) -> object:
    """The value as it is. Raises ValueError for a text with a NUL, which PostgreSQL does not take, or with half a
    character, which nothing can encode."""
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("A text may not contain a NUL character.")
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("A text may not contain half of a surrogate pair.")
    return value


Text = BeforeValidator(storable)
