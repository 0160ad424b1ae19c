"""A topic that many people follow, and the worker that tells them."""

import subprocess
import sys
import time

from django.db.models import Count, F, Max, Min

from notifications.actions import make_topic
from notifications.actions.broadcasting import BATCH
from notifications.models import Broadcast, Notification, Occurrence, Subscription
from project.accounts.models import User
from project.realtime.models import Event, Stream
from tests.support.installation import Installation
from tests.support.site import ROOT

LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 300


class Topic:
    """The topic `ops` of an installation, with so many followers."""

    def __init__(self, installation: Installation, people: int) -> None:
        self.installation, self.people, self.notices = installation, people, 0
        self.sender = installation.people(1)[0]
        topic = make_topic("ops")
        users = [User(username=f"follower{number}", password="!") for number in range(people)]
        User.objects.bulk_create(users, batch_size=1000)
        follows = [Subscription(topic=topic, user=user) for user in users]
        Subscription.objects.bulk_create(follows, batch_size=1000)

    def tell(self, kills: int = 0) -> float:
        """Sends one notice and waits until everybody has it; the seconds from the worker's first batch to its last.

        Kills the worker so often on the way. Raises SystemExit where not everyone was told exactly once.
        """
        self.notices += 1
        title = f"Notice {self.notices}."
        with self.sender.http(self.installation.urls[0]) as http:
            told = http.post("/api/v1/notify/ops", content=title).raise_for_status().json()
        self._work(told["broadcast"], kills)
        self._check(title)
        times = Event.objects.filter(type="notification.created", data__contains=f'"{title}"')
        moments = times.aggregate(first=Min("at"), last=Max("at"))
        batches = max(self.people / BATCH, 1)
        took = (moments["last"] - moments["first"]).total_seconds()
        return took * batches / max(batches - 1, 1)  # the first batch ends where the clock starts

    def _work(self, broadcast: int, kills: int) -> None:
        worker = self._worker()
        deadline = time.monotonic() + PATIENCE_SECONDS
        reached = 0
        try:
            while not Broadcast.objects.filter(pk=broadcast, finished_at__isnull=False).exists():
                if time.monotonic() > deadline:
                    raise SystemExit(f"only {reached:,} were told in {PATIENCE_SECONDS} s")
                now = Broadcast.objects.values_list("reached", flat=True).get(pk=broadcast)
                if kills and now > reached:
                    worker.kill()
                    worker.wait()
                    kills -= 1
                    reached = Broadcast.objects.values_list("reached", flat=True).get(pk=broadcast)
                    print(f"  killed the worker when {reached:,} had been told")
                    worker = self._worker()
                time.sleep(LOOK_SECONDS)
        finally:
            worker.terminate()
            worker.wait()

    def _worker(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "manage.py", "work", "--threads", "1"]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.installation.environment, stdout=subprocess.DEVNULL
        )

    def _check(self, title: str) -> None:
        told = Notification.objects.filter(title=title)
        streams = Stream.objects.filter(name__startswith="inbox.").annotate(events=Count("event"))
        found = {
            "notifications": told.count(),
            "people": told.values("recipient").distinct().count(),
            "occurrences": Occurrence.objects.filter(title=title).count(),
            "events": Event.objects.filter(type="notification.created", data__contains=f'"{title}"').count(),
        }
        holes = streams.exclude(head=F("events")).count()
        if set(found.values()) != {self.people} or holes:
            raise SystemExit(f"not everyone exactly once: {found}, {holes} inboxes with holes")
