"""Daphne's ways to say where to listen, and what a listening server must bear."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from project.serving.garbage import THRESHOLDS
from tests.support.files import allow_files
from tests.support.site import ROOT

from .server import Server, serving
from .wire import TIMEOUT, Wire, handshake

BURST = 2000
OPEN_FILES = BURST + 200  # beside the clients, what this process and the server have open anyway
MAX_BACKLOG = Path("/proc/sys/net/core/somaxconn")
MODULE = [sys.executable, "-m", "project.server"]


def test_work_registered_for_the_start_is_done_before_anybody_connects(server: Server) -> None:
    server.wait("started")


def test_garbage_is_looked_for_again_once_the_application_is_there(server: Server) -> None:
    assert server.get("/garbage") == str(THRESHOLDS[0])


def test_all_of_daphnes_options_are_kept() -> None:
    texts = [
        subprocess.run(
            [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for module in ("daphne", "project.server")
    ]
    stock, ours = (
        {word for word in text.partition("options:")[2].split() if word.startswith("-")} for text in texts
    )
    assert stock
    assert ours == stock


def connected_to(path: Path) -> socket.socket:
    """The port that the server is waited for may listen before the other endpoints do."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(TIMEOUT)
    give_up = time.monotonic() + TIMEOUT
    while connection.connect_ex(str(path)):
        assert time.monotonic() < give_up
        time.sleep(0.01)
    return connection


def test_it_listens_on_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with serving("-u", str(path), "-p", "{port}"):
        connection = connected_to(path)
        with Wire(connection) as wire:
            wire.shake("/quick")
            wire.send("hello")
            assert wire.text() == "hello"


def test_it_listens_on_an_endpoint() -> None:
    with (
        serving("-e", "tcp:{port}:interface=127.0.0.1:backlog=10") as server,
        server.connect("/echo") as wire,
    ):
        wire.send("hello")
        assert wire.text() == "hello"


def test_it_listens_on_a_descriptor_that_it_inherits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        descriptor = listening.fileno()
        command = [*MODULE, "--fd", str(descriptor), "tests.server.apps:application"]
        server = subprocess.Popen(command, cwd=ROOT, pass_fds=[descriptor])
        try:
            with Wire.open(listening.getsockname()[1], "/echo") as wire:
                wire.send("hello")
                assert wire.text() == "hello"
        finally:
            server.kill()
            server.wait()


def burst() -> int:
    """Two thousand, or as many as this machine lets be open in one process and wait at one port."""
    return min(BURST, allow_files(OPEN_FILES) - (OPEN_FILES - BURST), int(MAX_BACKLOG.read_text()))


def test_two_thousand_clients_may_come_at_once_while_the_server_is_busy() -> None:
    count = burst()
    with serving() as server, ExitStack() as clients:
        server.signal(signal.SIGSTOP)
        wires = [Wire(socket.create_connection(("127.0.0.1", server.port), TIMEOUT)) for _ in range(count)]
        for wire in wires:
            clients.enter_context(wire)
            wire.socket.sendall(handshake("/echo"))
        server.signal(signal.SIGCONT)
        for wire in wires:
            wire.shaken()
