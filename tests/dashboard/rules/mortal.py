"""`python -m tests.dashboard.rules.mortal`: an outage for each step of the leader that judges it and tells of it.

Each time a process of its own closes windows, judges the rule and does the jobs, and is killed by kill -9 one step
later than the one before it; then another goes on. Ends when one has got through without being killed, and prints how
many were, or what was told twice or not at all.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial

import django

django.setup()

from django.db import connections  # noqa: E402  once Django is set up
from django.utils import timezone  # noqa: E402

from chat import actions as chat  # noqa: E402
from chat.models import Kind, Message  # noqa: E402
from dashboard.actions import rules  # noqa: E402
from dashboard.ingest.points import Sender  # noqa: E402
from dashboard.ingest.samples import push_of  # noqa: E402
from dashboard.ingest.writing import write  # noqa: E402
from dashboard.models import AlertChange, Rule, Ticker  # noqa: E402
from dashboard.rules.schemas import Definition  # noqa: E402
from dashboard.ticker import Leader  # noqa: E402
from notifications.models import Notification  # noqa: E402
from project.accounts.actions import create_user  # noqa: E402
from project.accounts.models import User  # noqa: E402
from project.jobs.models import Job, State  # noqa: E402
from project.realtime.models import Event  # noqa: E402
from tests.support import workers  # noqa: E402
from tests.support.jobs import run_due  # noqa: E402
from tests.support.mortal import apps  # noqa: E402

NOW = int(time.time() - 3_420) // 10 * 10
STEPS_MAX = 340
FAILED = 3


def main() -> None:
    """Ends with a word about the first step after which something was told twice, or not at all.

    Every second step: before a write, all is stored that there is to be found. After it, nothing more is.
    """
    begin()
    tell(1)
    check(1)  # once here, so that everything is loaded for those who come after
    workers.let_go()
    for step in range(3, STEPS_MAX, 2):
        ended = apart(partial(tell, step), step - 2)
        if ended not in (0, -signal.SIGKILL):
            sys.exit(f"Step {step} ended with {ended}.")
        if apart(partial(check, step)):
            sys.exit(f"Step {step}: see above.")
        if ended == 0:
            print(step // 2 - 1)
            return
    sys.exit("It was killed each time.")


def apart(work: Callable[[], None], die_at: int = 0) -> int:
    """Does this in a process of its own; returns how that ended."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        apps.die_at(die_at)
        try:
            work()
        except BaseException as error:
            print(type(error).__name__, error)
            os._exit(FAILED)
        sys.stdout.flush()
        os._exit(0)
    assert all(connection.connection is None for connection in connections.all())  # nothing is shared
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def begin() -> None:
    alice = create_user("alice")
    chat.create_room(alice, "Ops", Kind.OPEN)
    break_out(1)


def break_out(step: int) -> None:
    """A rule of its own for this step, and what makes it fire."""
    alice = User.objects.get(username="alice")
    for rule in Rule.objects.filter(deleted_at=None):
        rules.delete(alice, rule.pk)
    Job.objects.all().delete()
    condition = {"kind": "threshold", "query": {"metric": f"load{step}"}, "over": 10, "above": 5}
    room = chat.create_room(alice, f"Room {step}", Kind.OPEN)
    more = {"followers": {"people": [alice.pk]}, "room": room.pk, "group": "rule", "group_wait": 0}
    rules.create(alice, Definition.model_validate({"title": f"Step {step}", "condition": condition} | more))
    write(
        [
            push_of(
                Sender(own="test"), [{"name": f"load{step}", "value": 9, "at": at(step) - 5}], "", time.time()
            )
        ]
    )


def tell(step: int) -> None:
    """One beat of a leader, and everything that this makes due."""
    assert Leader().beat(at(step) + 2)
    run_due()


def check(step: int) -> None:
    """Somebody else goes on, and all has been told once. Then the next outage begins."""
    Ticker.objects.update(until=0)
    Job.objects.filter(state=State.RUNNING).update(claimed_until=timezone.now())
    tell(step)
    rule = Rule.objects.get(title=f"Step {step}")
    changed = Event.objects.filter(stream__name="alerts.all", type="alert.changed", data__contains=rule.title)
    counted = {
        "changes": AlertChange.objects.filter(alert__rule=rule).count(),
        "notices": Notification.objects.filter(title=rule.title).count(),
        "ladders": Job.objects.filter(name="ladder").count(),
        "messages": Message.objects.filter(room=rule.definition["room"]).count(),
        "events": changed.count(),
    }
    # Two events: it fires, and has the address of its message.
    expected = {"changes": 1, "notices": 1, "ladders": 1, "messages": 1, "events": 2}
    assert counted == expected, counted
    Ticker.objects.update(until=0)
    break_out(step + 2)


def at(step: int) -> int:
    """The moment at which the rule of a step is judged."""
    return NOW + step * 10


if __name__ == "__main__":
    main()
