"""All static files as they were when this process began, with one version for all of them."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import join
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.apps import StaticFilesConfig


class Stamp(NamedTuple):
    """What differs when a file was written again."""

    mtime_ns: int
    size: int


@dataclass(frozen=True)
class File:
    path: str
    stamp: Stamp


@dataclass(frozen=True)
class Release:
    """Equal contents under equal names have the same version, in every process and on every machine."""

    version: str
    files: Mapping[str, File]


def stamp_of(path: str) -> Stamp:
    """Raises OSError for a file that is not there."""
    found = os.stat(path)
    return Stamp(found.st_mtime_ns, found.st_size)


def read_release() -> Release:
    """Reads every file: 25 MB take about 25 ms where they are in memory."""
    files: dict[str, File] = {}
    ignored = StaticFilesConfig.ignore_patterns  # what collectstatic leaves out
    for finder in finders.get_finders():
        for name, storage in finder.list(ignored):
            path = storage.path(name)
            files.setdefault(join(getattr(storage, "prefix", None) or "", name), File(path, stamp_of(path)))
    every = hashlib.sha1(usedforsecurity=False)
    for name in sorted(files):
        content = hashlib.sha1(Path(files[name].path).read_bytes(), usedforsecurity=False)
        every.update(f"{name}\0{content.hexdigest()}\n".encode())
    return Release(every.hexdigest()[:8], files)


@cache
def release() -> Release:
    """The release of this process."""
    return read_release()
