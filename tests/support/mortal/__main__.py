"""`python -m tests.support.mortal STEPS`: a worker for each step, one after the other, each killed at its own.

Each is a process of its own that runs `manage.py work`, forked once Django is set up and before anything is connected:
to start Python anew takes a hundred times as long as such a worker lives.
"""

import os
import signal
import sys

import django
from django.core.management import call_command

PATIENCE = 30  # seconds until a worker that should have died has not


def main(steps: int) -> None:
    """Ends with a word about the first worker that did not die as it should."""
    os.environ["DIE_AT"] = "0"  # so that steps are counted
    django.setup()
    for step in range(1, steps + 1):
        worker = os.fork()
        if worker == 0:
            os.environ["DIE_AT"] = str(step)
            signal.alarm(PATIENCE)
            call_command("work", "--threads", "1")
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        if ended != -signal.SIGKILL:
            sys.exit(f"The worker for step {step} ended with {ended}.")


if __name__ == "__main__":
    main(int(sys.argv[1]))
