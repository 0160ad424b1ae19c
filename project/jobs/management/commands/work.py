"""`manage.py work`: do what is in the queue, until told to stop."""

import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from prometheus_client import start_http_server

from project.jobs.worker import Worker


class Command(BaseCommand):
    help = "Do what is in the queue. SIGTERM or SIGINT finishes what is in hand; a second one ends at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=settings.JOBS_THREADS, help="jobs at a time")
        parser.add_argument(
            "--metrics", type=int, metavar="PORT", help="serve /metrics on this loopback port"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["threads"] < 1:
            raise CommandError("--threads must be at least 1.")
        if options["metrics"]:
            start_http_server(options["metrics"], "127.0.0.1")
        worker = Worker(options["threads"])

        def stop(number: int, frame: object) -> None:
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_DFL)
            worker.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        self.stdout.write(f"Working, {options['threads']} at a time.")
        sys.stdout.flush()
        worker.run()
