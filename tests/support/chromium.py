"""The system's Chromium, installed with apt-get where that is possible.

There are two: one without any window to draw, which a fresh profile costs half the processor's time, and the whole
one, which can be pushed to.
"""

import os
import shutil
import subprocess

LIGHT = "chromium-headless-shell"  # not every release of Debian has it
APT_SECONDS, TIMED_OUT = 600, 124
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(*, whole: bool = False) -> str | None:
    """The browser's program, from CHROMIUM or the PATH: the light one, unless the `whole` one is asked for."""
    names = WHOLE if whole else (LIGHT, *WHOLE)
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in names if (path := shutil.which(name))), None)


def install() -> bool:
    """Sees to it that there is a whole one, if we may without a password; returns whether there is."""
    if os.environ.get("CHROMIUM") or (shutil.which(LIGHT) and find(whole=True)):
        return True
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (
        may and subprocess.run([*may, "true"], capture_output=True, check=False).returncode
    ):
        return bool(find(whole=True))
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Chromium with apt-get ...", flush=True)
    install = ("install", "-y", "--no-install-recommends")
    for arguments in (("update",), (*install, LIGHT), (*install, WHOLE[0])):
        # Not our own time limit: what runs as root we may not end.
        command = [*may, "timeout", str(APT_SECONDS), "apt-get", "-qq", *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, check=False)
        if done.returncode == TIMED_OUT:
            break
    return bool(find(whole=True))
