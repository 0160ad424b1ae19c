"""`make run`: one process with SQLite and a demo team, and no questions asked."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY_TIMEOUT = 60  # seconds


def manage(*arguments: str) -> str:
    """Run a management command; end with its complaint if it fails."""
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if result.returncode:
        sys.exit(result.returncode)
    return result.stdout


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or ROOT / "var")


def demo() -> str:
    """Make the demo team where there is none, and return how to sign in, at later starts too."""
    told = data_dir() / "demo.txt"
    made = manage("demo")
    if "Sign in" in made:
        told.write_text(made)
    return told.read_text() if told.exists() else made


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def announce(address: str, sign_ins: str, server: "subprocess.Popen[bytes]") -> None:
    """Print where to go once the server answers, and have the demo's shop measured for as long as it does."""
    deadline = time.monotonic() + READY_TIMEOUT
    while server.poll() is None and time.monotonic() < deadline:
        if answers(address):
            print(f"\n{sign_ins.strip()}\n\nWatchroom is at {address} (Ctrl-C stops it)\n", flush=True)
            shop = subprocess.Popen([sys.executable, "manage.py", "demo_metrics", "--to", address], cwd=ROOT)
            server.wait()
            shop.terminate()
            return
        time.sleep(0.1)


def main() -> int:
    port = os.environ.get("PORT", "8000")
    address = f"http://127.0.0.1:{port}"
    if answers(address):
        sys.exit(f"Something answers at {address} already. Try: make run PORT=8001")
    manage("migrate", "--verbosity", "0")
    sign_ins = demo()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "project.server", "-b", "127.0.0.1", "-p", port),
            *("--access-log", str(data_dir() / "access.log"), "project.asgi:application"),
        ],
        cwd=ROOT,
    )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C reaches the server too; wait for it
    threading.Thread(target=announce, args=(address, sign_ins, server)).start()
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
