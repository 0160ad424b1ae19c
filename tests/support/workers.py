"""Workers that are forked from a Python which has Django loaded: to start it anew takes longer than most of them live.

Each is a process of its own that runs `manage.py work`. What is here runs in an installation's shell.
"""

import os
import signal

from django.core.management import call_command
from django.db import connections

PATIENCE = 30  # seconds until a worker that should have ended has not


def begin(threads: int = 1, die_at: int = 0) -> int:
    """Starts a worker, which is killed at this step where it is not 0, and returns its process id."""
    let_go()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if die_at:
                from tests.support.mortal import apps  # only where the settings have it

                apps.die_at(die_at)
                signal.alarm(PATIENCE)
            call_command("work", "--threads", str(threads))
            status = 0
        finally:
            os._exit(status)
    return pid


def let_go() -> None:
    """Closes what is connected, so that nothing is shared with what is forked from here."""
    connections.close_all()
    if connections["default"].vendor == "postgresql":
        connections["default"].close_pool()  # type: ignore[attr-defined]


def wait(pid: int) -> int:
    """How it ended; negative is the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_one_at_each_step(steps: int) -> None:
    """One after the other, each killed one step later than the one before it.

    Raises AssertionError about the first that did not die as it should.
    """
    for step in range(1, steps + 1):
        ended = wait(begin(die_at=step))
        assert ended == -signal.SIGKILL, f"The worker for step {step} ended with {ended}."
