"""Deployment checks for what Django cannot know. Run by `manage.py check --deploy`."""

from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.version import get_version_tuple

OLDEST_DAPHNE = (4, 2, 3)
"""Earlier ones take frames of any size (CVE-2026-44545) and smuggled headers (CVE-2026-44546)."""


@register(Tags.security, deploy=True)
def check_processes(**_: Any) -> list[CheckMessage]:
    """Several processes need what they can share."""
    if settings.PROCESSES == 1:
        return []
    found: list[CheckMessage] = []
    if not settings.REDIS_URL:
        found.append(
            Error(
                f"PROCESSES is {settings.PROCESSES}, but the channel layer is in memory.",
                hint="Set REDIS_URL: processes reach each other through Redis.",
                id="realtime.E001",
            )
        )
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        found.append(
            Error(
                f"PROCESSES is {settings.PROCESSES}, but the database is SQLite.",
                hint="Set DATABASE_URL to a PostgreSQL.",
                id="realtime.E002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_daphne(**_: Any) -> list[CheckMessage]:
    """An old daphne lets anyone fill the memory."""
    if get_version_tuple(version("daphne")) >= OLDEST_DAPHNE:
        return []
    wanted = ".".join(map(str, OLDEST_DAPHNE))
    return [Error(f"daphne {version('daphne')} is too old.", hint=f"Install {wanted}.", id="realtime.E003")]


@register(Tags.security, deploy=True)
def check_origins(**_: Any) -> list[CheckMessage]:
    """Behind a proxy the site does not know its own address."""
    if settings.ORIGINS:
        return []
    return [
        Warning(
            "ORIGINS is not set.",
            hint="Name the address people use, such as https://chat.example.org: it decides about HTTPS, secure"
            " cookies, and who may open a WebSocket.",
            id="realtime.W001",
        )
    ]
