"""The registry of job names: what runs for each, and how often it is tried."""

from collections.abc import Callable
from dataclasses import dataclass

from project.jobs.running import Running

Work = Callable[[Running], None]

MAX_ATTEMPTS = 8
"""With the pauses in between this is about ten minutes: longer than a restart of whatever is needed."""


@dataclass(frozen=True)
class Handler:
    """What runs for one name. After `max_attempts` failures the job stays in the queue as failed."""

    name: str
    work: Work
    max_attempts: int


_handlers: dict[str, Handler] = {}


def job(name: str, *, max_attempts: int = MAX_ATTEMPTS) -> Callable[[Work], Work]:
    """Makes a function the handler of all jobs of this name. Import its module in the app's `ready()`.

    It runs in a worker thread, outside a transaction, at least once for each job: what it does to the database
    should be one transaction that ends with `running.finish()`, which makes that exactly once.
    """

    def register(work: Work) -> Work:
        if name in _handlers:
            raise ValueError(f"two handlers for jobs named {name}")
        _handlers[name] = Handler(name, work, max_attempts)
        return work

    return register


def handler_of(name: str) -> Handler:
    """The handler for this name.

    Raises KeyError for an unknown one.
    """
    return _handlers[name]


def names() -> list[str]:
    """All names that this process has a handler for. Others stay in the queue, for a newer process."""
    return list(_handlers)
