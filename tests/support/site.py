"""A real Watchroom process, as an operator would start it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.support.daemon import Daemon

ROOT = Path(__file__).resolve().parent.parent.parent
METRICS_TIMEOUT = 60  # seconds
SECRET = "the-same-for-every-process-of-one-test-" + "x" * 40


def site_environment(
    *, database_url: str = "", redis_url: str = "", data_dir: Path, **settings: str
) -> dict[str, str]:
    """The environment of one installation; every process of it must get the same.

    Empty addresses give the embedded default. `settings` are more variables, such as LIMIT_UNACKED_BYTES.
    """
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DATA_DIR": str(data_dir)}
    return keep | {name: value for name, value in given.items() if value} | {"SECRET_KEY": SECRET} | settings


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a management command and return what it printed; raise with its complaint if it failed."""
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{result.stdout}\n{result.stderr}")
    return result.stdout


class Site(Daemon):
    """One `python -m project.server` on loopback, ready when /healthz answers.

    `stop()` is a graceful SIGTERM, `kill()` a crash; `start()` comes back on the same port.
    """

    def __init__(
        self, environment: Mapping[str, str], *, name: str = "site", port: int | None = None
    ) -> None:
        self.name = name
        self._environment = dict(environment)
        super().__init__(Path(tempfile.mkdtemp(prefix="watchroom-site-")) / f"{name}.log", port)

    def command(self) -> list[str | Path]:
        return [
            *(sys.executable, "-m", "project.server"),
            *(
                "-b",
                "127.0.0.1",
                "-p",
                str(self.port),
                "--access-log",
                os.devnull,
                "project.asgi:application",
            ),
        ]

    def environment(self) -> dict[str, str]:
        return self._environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def metrics(self) -> dict[str, float]:
        """What /metrics says now: `name{labels}` to value."""
        answer = httpx.get(f"{self.url}/metrics", timeout=METRICS_TIMEOUT, trust_env=False).raise_for_status()
        said = answer.text.splitlines()
        lines = (line.rpartition(" ") for line in said if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}
