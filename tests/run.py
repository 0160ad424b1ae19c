"""Runs every part of the suite and closes with one summary: `python -m tests.run`.

Four parts run side by side. What they print is kept in test-results/ and shown where something failed. Names of
parts as arguments run only those. A part that cannot run here is listed at the end, loudly, and fails the run
where CI=true.
"""

import os
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

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name}.xml"

    @property
    def log(self) -> Path:
        return RESULTS / f"{self.name}.log"

    def run(self) -> None:
        """Run it, and count what its JUnit report says."""
        started = time.monotonic()
        with self.log.open("w") as log:
            result = subprocess.run(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        self.seconds = time.monotonic() - started
        self._count()
        if result.returncode and not self.failed:
            self.failed = 1  # it broke outside any one test
        if not self.passed + self.failed:
            self.cannot = "it ran no test"

    def _count(self) -> None:
        if not self.report.exists():
            return
        # Our own test runners wrote this file a moment ago.
        for case in ElementTree.parse(self.report).iter("testcase"):  # noqa: S314
            outcomes = {child.tag for child in case}
            if outcomes & {"failure", "error"}:
                self.failed += 1
            elif "skipped" in outcomes:
                self.skipped += 1
            else:
                self.passed += 1

    def line(self) -> str:
        if self.cannot:
            return f"  {self.name:<12} DID NOT RUN: {self.cannot}"
        return (
            f"  {self.name:<12} {self.passed} passed, {self.failed} failed, {self.skipped} skipped"
            f"  ({self.seconds:.0f} s)"
        )


def pytest_part(name: str, *arguments: str, cannot: str = "") -> Part:
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", f"--junitxml={RESULTS / name}.xml"]
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
    core = ("tests/realtime", "tests/server", "tests/project", "tests/accounts", "tests/jobs", "tests/chat")
    elsewhere = [f"--ignore={path}" for path in (*core, "tests/browser", "tests/faults")]
    no_browser = "" if chromium.install() else "no Chromium, and apt-get could not bring one"
    everything_breaks = "tests/browser/test_convergence.py"
    return [
        [pytest_part("core", *core)],
        [pytest_part("apps", "tests", *elsewhere)],
        [
            pytest_part("browser", "tests/browser", f"--ignore={everything_breaks}", cannot=no_browser),
            javascript_part(),
        ],
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
    RESULTS.mkdir(exist_ok=True)
    for old in RESULTS.iterdir():
        old.unlink()
    chosen_lanes = [[part for part in lane if not names or part.name in names] for lane in lanes()]
    chosen = [part for lane in chosen_lanes for part in lane]
    print(f"Running {', '.join(part.name for part in chosen)}. This takes some minutes.", flush=True)
    printing = threading.Lock()
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda lane: run_lane(lane, printing), chosen_lanes))
    print("\n=== summary ===")
    for part in chosen:
        print(part.line())
    print(", ".join(f"{total(chosen, outcome)} {outcome}" for outcome in ("passed", "failed", "skipped")))
    missing = [part for part in chosen if part.cannot]
    if missing:
        print(f"\n!!! NOT EVERYTHING RAN: {', '.join(f'{part.name} ({part.cannot})' for part in missing)}")
    failed = any(part.failed for part in chosen) or (missing and os.environ.get("CI") == "true")
    return 1 if failed else 0


def total(chosen: Sequence[Part], what: str) -> int:
    return sum(getattr(part, what) for part in chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
