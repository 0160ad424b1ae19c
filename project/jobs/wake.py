"""Workers of this process that sleep, and the word that there is something to do."""

import threading
from weakref import WeakSet

_sleepers: "WeakSet[threading.Event]" = WeakSet()


def attach(sleeper: threading.Event) -> None:
    """Sets this event whenever a transaction of this process has put a job that is due."""
    _sleepers.add(sleeper)


def now() -> None:
    """Wakes them all. Workers of other processes look by themselves every second."""
    for sleeper in list(_sleepers):
        sleeper.set()
