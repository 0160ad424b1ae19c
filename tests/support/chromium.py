"""The system's Chromium, installed with apt-get where that is possible."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The browser's program, from CHROMIUM or the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def find_or_install() -> str | None:
    """The browser's program; installs it if we may without a password. None where there is no way."""
    if found := find():
        return found
    if not shutil.which("apt-get"):
        return None
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if may and subprocess.run([*may, "true"], capture_output=True, check=False).returncode:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Chromium with apt-get ...", flush=True)
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(
            [*may, "apt-get", *arguments], stdin=subprocess.DEVNULL, env=environment, check=False, timeout=600
        )
    return find()
