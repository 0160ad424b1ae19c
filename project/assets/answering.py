"""The answer to a request for a static file, given in the event loop: a page asks for about a hundred."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from whitenoise.media_types import MediaTypes
from whitenoise.responders import StaticFile

from .release import Stamp, release, stamp_of

IMMUTABLE = "public, max-age=31536000, immutable"
# Addresses without the version of now: icons of notifications, tabs that were open when the site was upgraded.
REVALIDATED = "public, max-age=60"
IN_DEBUG = "no-cache"

BLOCK_BYTES = 64 * 1024  # nearly every file is one; a larger one waits at each for a client that reads slowly

ASKED = {
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"range": "HTTP_RANGE",
}


class StaticFiles:
    """Answers for the static files there are; all else is `otherwise`'s."""

    def __init__(self, otherwise: Any) -> None:
        self._otherwise = otherwise
        self._address = re.compile(rf"{re.escape(settings.STATIC_URL)}(?:([0-9a-f]{{8}})/)?(.+)", re.DOTALL)
        self._always = {
            "Access-Control-Allow-Origin": "*",
            "Content-Security-Policy": build_policy(),
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
        }
        self._media_types = MediaTypes()
        self._file = lru_cache(maxsize=1024)(self._make_file)
        release()  # now, so that no page waits for it, and of the files that this process began with

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        address = self._address.fullmatch(scope["path"])
        file = self._find(*address.groups()) if address else None
        if file is None:
            return await self._otherwise(scope, receive, send)
        asked = {ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in ASKED}
        answer = file.get_response(scope["method"], asked)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status.value, "headers": headers})
        if answer.file is None:
            await send({"type": "http.response.body", "body": b""})
            return None
        with answer.file:
            more = True
            while more:
                block = answer.file.read(BLOCK_BYTES)
                more = len(block) == BLOCK_BYTES
                await send({"type": "http.response.body", "body": block, "more_body": more})

    def _find(self, version: str | None, name: str) -> StaticFile | None:
        known = None if settings.DEBUG else release().files.get(name)
        path = known.path if known else _present(name)
        if path is None:
            return None
        try:
            stamp = stamp_of(path)
        except FileNotFoundError:
            return None
        # A file that was written again is not what the version stands for.
        if known and stamp == known.stamp and version == release().version:
            return self._file(path, stamp, IMMUTABLE)
        return self._file(path, stamp, IN_DEBUG if settings.DEBUG else REVALIDATED)

    def _make_file(self, path: str, stamp: Stamp, kept: str) -> StaticFile:
        """Remembered for each `stamp`: length and dates are those of the file as it is."""
        media_type = self._media_types.get_type(path)
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        headers = {"Content-Type": media_type + charset, "Cache-Control": kept, **self._always}
        return StaticFile(path, list(headers.items()))


def _present(name: str) -> str | None:
    """A file that has come since, as a newer process beside this one may name it."""
    try:
        path = finders.find(name)
    except SuspiciousFileOperation:
        return None
    return path if path and Path(path).is_file() else None
