"""Where static files are collected, and the address that pages give them."""

from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage

from .release import release


class VersionedStorage(StaticFilesStorage):
    """
    Puts the release into the folder, as in `static-root/8f3c09ab/chat/app.js`, and into the address, but for DEBUG.

    It stands before the names, so what files call each other by relative addresses has the same version.
    """

    @cached_property
    def base_location(self) -> str:
        return str(Path(settings.STATIC_ROOT) / release().version)

    @cached_property
    def base_url(self) -> str:
        return settings.STATIC_URL if settings.DEBUG else f"{settings.STATIC_URL}{release().version}/"
