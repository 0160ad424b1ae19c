"""Counts the steps of this process, and ends it at one of them."""

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

_steps = itertools.count(1)
_last = 0


def die_at(step: int) -> None:
    """Ends this process at this step, counted from here; 0 lets it live."""
    global _steps, _last
    _steps, _last = itertools.count(1), step


class Mortal(AppConfig):
    name = "tests.support.mortal"
    label = "mortal"

    def ready(self) -> None:
        from tests.support.mortal import links  # noqa: F401  registers a job that tests put

        connection_created.connect(_watch, weak=False)


def _watch(connection: Any, **_: Any) -> None:
    if _count not in connection.execute_wrappers:  # a pooled connection is "created" each time it is taken
        connection.execute_wrappers.append(_count)


def _count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    writes = sql.lstrip().split(" ", 1)[0].strip().upper() in ("INSERT", "UPDATE", "DELETE")
    if writes:
        _step()
    result = execute(sql, params, many, context)
    if writes:
        _step()
    return result


def _step() -> None:
    if next(_steps) == _last:
        os.kill(os.getpid(), signal.SIGKILL)
