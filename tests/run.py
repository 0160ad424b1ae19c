"""Runs every part of the suite and closes with one summary: `python -m tests.run`.

Four parts run side by side. What they print is kept in test-results/ and shown where something failed. Names of
parts as arguments run only those. Of what failed beside the other parts, a few tests are tried once more alone; what
passes then is listed at the end, loudly, since it depends on time. So is a part that cannot run here, which fails the
run where CI=true.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.support import chromium, node

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "test-results"
AGAIN_MAX = 5
"""More than so many failures of one part are no accident."""


@dataclass
class Part:
    """One test run of its own: pytest's exit, its counts, and the reason when it could not run."""

    name: str
    command: Sequence[str]
    cannot: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    broken: bool = False
    """Outside any one test."""
    again: Sequence[str] = ()
    """What passed alone, at the second try."""

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name}.xml"

    @property
    def log(self) -> Path:
        return RESULTS / f"{self.name}.log"

    def run(self) -> None:
        """Run it, and count what its JUnit report says."""
        started = time.monotonic()
        failed = self._run(self.command)
        self.seconds = time.monotonic() - started
        outcomes = self._outcomes()
        self.passed, self.failed, self.skipped = map(outcomes.count, ("passed", "failed", "skipped"))
        if failed and not self.failed:
            self.failed, self.broken = 1, True
        if not self.passed + self.failed:
            self.cannot = "it ran no test"

    def try_again(self) -> None:
        """Only what failed, with nothing beside it. The log is of both."""
        if not 0 < self.failed <= AGAIN_MAX or self.broken or "pytest" not in self.command:
            return
        self.report.rename(self.report.with_suffix(".first.xml"))
        if not self._run([*self.command, "--last-failed", "--last-failed-no-failures=none"]):
            names = [case.get("name", "") for case in self._cases()]
            self.passed, self.failed, self.again = self.passed + self.failed, 0, names

    def _run(self, command: Sequence[str]) -> bool:
        """Whether it failed."""
        with self.log.open("a") as log:
            result = subprocess.run(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        return result.returncode != 0

    def _cases(self) -> Sequence[ElementTree.Element]:
        if not self.report.exists():
            return []
        # Our own test runners wrote this file a moment ago.
        return list(ElementTree.parse(self.report).iter("testcase"))  # noqa: S314

    def _outcomes(self) -> Sequence[str]:
        children = [{child.tag for child in case} for case in self._cases()]
        return [
            "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"
            for tags in children
        ]

    def line(self) -> str:
        if self.cannot:
            return f"  {self.name:<12} DID NOT RUN: {self.cannot}"
        return (
            f"  {self.name:<12} {self.passed} passed, {self.failed} failed, {self.skipped} skipped"
            f"  ({self.seconds:.0f} s)"
        )


def pytest_part(name: str, *arguments: str, cannot: str = "") -> Part:
    kept = (f"--junitxml={RESULTS / name}.xml", "-o", f"cache_dir={RESULTS / name}.cache")
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", *kept]
    return Part(name, [*command, *arguments], cannot)


def javascript_part() -> Part:
    program = node.find()
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/js").rglob("*.test.*js"))
    reports = [
        *("--test-reporter=dot", "--test-reporter-destination=stdout"),
        *("--test-reporter=junit", f"--test-reporter-destination={RESULTS / 'javascript'}.xml"),
    ]
    cannot = "" if program and files else "no Node 20 or later" if files else "it has no test"
    return Part("javascript", [program or "node", "--test", *reports, *files], cannot=cannot)


def lanes() -> list[list[Part]]:
    """What runs side by side, about as long each: four, since what waits for a server leaves a processor free."""
    core = ("tests/realtime", "tests/server", "tests/project", "tests/accounts", "tests/chat")
    elsewhere = [f"--ignore={path}" for path in (*core, "tests/browser", "tests/faults")]
    no_browser = "" if chromium.install() else "no Chromium, and apt-get could not bring one"
    everything_breaks = "tests/browser/test_convergence.py"
    return [
        [pytest_part("core", *core), javascript_part()],
        [pytest_part("apps", "tests", *elsewhere)],
        [pytest_part("browser", "tests/browser", f"--ignore={everything_breaks}", cannot=no_browser)],
        [
            pytest_part("faults", "tests/faults", everything_breaks),
            pytest_part(
                "embedded",
                *("--embedded", "-m", "not heavy"),  # those have tried SQLite in apps already
                "tests/realtime",
                "tests/chat",
                "tests/dashboard",
                "tests/notifications",
            ),
        ],
    ]


def run_lane(parts: Sequence[Part], printing: threading.Lock) -> None:
    for part in parts:
        if not part.cannot:
            part.run()
        with printing:
            if part.failed:
                print(f"\n=== {part.name} ===\n{part.log.read_text(errors='replace')}", flush=True)
            print(part.line(), flush=True)


def main(names: Sequence[str]) -> int:
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir()
    chosen_lanes = [[part for part in lane if not names or part.name in names] for lane in lanes()]
    chosen = [part for lane in chosen_lanes for part in lane]
    print(f"Running {', '.join(part.name for part in chosen)}. This takes some minutes.", flush=True)
    printing = threading.Lock()
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda lane: run_lane(lane, printing), chosen_lanes))
    for part in chosen:
        part.try_again()
    print("\n=== summary ===")
    for part in chosen:
        print(part.line())
    print(", ".join(f"{total(chosen, outcome)} {outcome}" for outcome in ("passed", "failed", "skipped")))
    for part in chosen:
        if part.again:
            print(f"\n!!! PASSED ONLY ALONE, AT THE SECOND TRY: {part.name}: {', '.join(part.again)}")
    missing = [part for part in chosen if part.cannot]
    if missing:
        print(f"\n!!! NOT EVERYTHING RAN: {', '.join(f'{part.name} ({part.cannot})' for part in missing)}")
    failed = any(part.failed for part in chosen) or (missing and os.environ.get("CI") == "true")
    return 1 if failed else 0


def total(chosen: Sequence[Part], what: str) -> int:
    return sum(getattr(part, what) for part in chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
