"""The system's Chromium, installed with apt-get where that is possible.

There are two: one without any window to draw, which a fresh profile costs half the processor's time, and the whole
one, which can be pushed to.
"""

import os
import shutil
import subprocess

LIGHT = "chromium-headless-shell"  # not every release of Debian has it
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
        command = [*may, "apt-get", "-qq", *arguments]
        subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, check=False, timeout=600)
    return bool(find(whole=True))
