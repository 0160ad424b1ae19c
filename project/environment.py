"""Reads settings from the environment, and refuses a bad value with one sentence that names it."""

import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding space, or `default` where it is unset."""
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    """A yes or no.

    Raises ImproperlyConfigured for anything that is neither.
    """
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}, but must be 1 or 0.")
    return value in TRUE


def number(name: str, default: int, *, least: int = 0, most: int | None = None, of: str = "") -> int:
    """A whole number of at least `least`, and at most `most`, which the variable `of` says.

    Raises ImproperlyConfigured for anything else.
    """
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}, but must be a whole number of at least {least}.")
    if most is not None and int(value) > most:
        raise ImproperlyConfigured(f"{name} is {value!r}, but {of} allows at most {most}.")
    return int(value)


def choice(name: str, default: str, allowed: Sequence[str]) -> str:
    """One of `allowed`.

    Raises ImproperlyConfigured for anything else.
    """
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}, but must be one of {', '.join(allowed)}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list written with commas, without empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def origins(name: str) -> list[str]:
    """Web origins such as `https://chat.example.org`, written with commas.

    Raises ImproperlyConfigured for one with a path, or without http or https.
    """
    found = words(name)
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
            raise ImproperlyConfigured(
                f"{name} has {origin!r}, but each origin must look like https://chat.example.org, without a path."
            )
    return [origin.rstrip("/").lower() for origin in found]


def url(name: str, schemes: Sequence[str]) -> str:
    """An address with one of `schemes`, or an empty string where the variable is unset.

    Raises ImproperlyConfigured for another scheme.
    """
    value = text(name)
    if value and value.split(":", 1)[0] not in schemes:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} must begin with {wanted}; it is {_without_password(value)!r}.")
    return value


def _without_password(value: str) -> str:
    parts = urlsplit(value)
    return value.replace(f":{parts.password}@", ":***@") if parts.password else value
