"""Node, from the PATH or from the virtual environment, where deploy/npm.sh puts one if the PATH has none."""

import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 20  # the first whose test runner writes the report we read


def find() -> str | None:
    """The newest-enough node program, or None."""
    candidates = [shutil.which("node"), str(Path(sys.executable).parent / "node")]
    return next((program for program in candidates if program and _major(program) >= OLDEST), None)


def _major(program: str) -> int:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        return int(told.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError):
        return 0
