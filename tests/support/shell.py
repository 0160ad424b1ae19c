"""One Python in an installation's environment, beside its sites, that carries out code: to start one each time takes
longer than most tests."""

import contextlib
import io
import json
import subprocess
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from tests.support.site import ROOT


class Shell:
    """A process without connections of its own in between. It begins when it is first asked for something."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**environment, "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[str] | None = None

    def run(self, code: str) -> str:
        """Carries out `code` and returns what it printed.

        Raises RuntimeError with its traceback if it failed.
        """
        process = self._process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the shell ended with {process.wait()}")
        answer = json.loads(line)
        if answer["failed"]:
            raise RuntimeError(answer["failed"])
        return str(answer["printed"])

    def tell(self, code: str) -> Any:
        """The same for code that prints JSON: its value."""
        return json.loads(self.run(code))

    def manage(self, command: str, *arguments: str) -> str:
        """Carries out a management command and returns what it printed."""
        return self.run(
            f"from django.core.management import call_command\ncall_command(*{[command, *arguments]!r})"
        )

    def stop(self) -> None:
        """Ends the process, if it ever began."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.shell"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def main() -> None:
    """Carries out what comes in, a JSON string a line, until that ends; answers each with what it printed."""
    import os

    import django
    from django.db import connections
    from django.urls import get_resolver

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    get_resolver().reverse_dict  # noqa: B018  loaded once for all that is forked from here
    answers = sys.stdout
    for line in sys.stdin:
        printed, failed = io.StringIO(), ""
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(json.loads(line), "<test>", "exec"), {})  # noqa: S102  code of the tests themselves
            except Exception:
                failed = traceback.format_exc()
        connections.close_all()
        print(json.dumps({"printed": printed.getvalue(), "failed": failed}), file=answers, flush=True)


if __name__ == "__main__":
    main()
