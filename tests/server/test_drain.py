"""The end: polite, in order, and in time."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .certificate import certificate
from .server import Server, serving
from .wire import TIMEOUT, Frame

NEVER = "600"  # seconds: long after a test has given up


def request(server: Server, path: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), TIMEOUT)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_says_goodbye_and_exits_with_0(number: signal.Signals) -> None:
    with serving() as server, server.connect("/listen") as wire:
        assert wire.text() == "hello"
        server.signal(number)
        assert [*wire.frames()] == [Frame(1, b"bye"), Frame(8, (1012).to_bytes(2, "big"))]
        assert wire.is_over()
        assert server.exit_code() == 0


def test_requests_in_hand_are_answered(server_with_request: tuple[Server, socket.socket]) -> None:
    server, connection = server_with_request
    with server.connect("/listen") as wire:
        server.signal(signal.SIGTERM)
        assert [*wire.frames()][-1].code == 1012
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), TIMEOUT)
    connection.sendall(b"x" * 10)
    answer = b""
    while part := connection.recv(4096):
        answer += part
    assert b"connection: close" in answer.lower()
    assert answer.endswith(b"\r\n2\r\n20\r\n0\r\n\r\n")
    assert server.exit_code() == 0


@pytest.fixture
def server_with_request() -> Iterator[tuple[Server, socket.socket]]:
    """A server that has got half of a request."""
    with serving() as server, socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as connection:
        connection.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n" + b"x" * 10)
        server.get("/memory")
        yield server, connection


def test_a_long_answer_is_sent_to_its_end_and_its_connection_then_closed() -> None:
    with serving(DRAIN_SECONDS=NEVER) as server, request(server, "/stream?chunks=2000") as connection:
        server.wait("streaming")
        server.signal(signal.SIGTERM)
        size = 0
        while part := connection.recv(1 << 20):
            size += len(part)
        assert size > 2000 * 16_384
        assert server.exit_code() == 0


def test_an_idle_connection_over_tls_does_not_hold_up_the_end(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path)
    endpoint = f"ssl:{{port}}:interface=127.0.0.1:privateKey={key}:certKey={cert}"
    with serving("-e", endpoint, DRAIN_SECONDS=NEVER) as server, httpx.Client(verify=False) as client:  # noqa: S501
        assert client.get(f"https://127.0.0.1:{server.port}/memory").status_code == 200
        server.signal(signal.SIGTERM)
        assert server.exit_code() == 0


@pytest.mark.parametrize("path", ["/forever", "/threads"])
def test_what_never_ends_is_left_behind_at_the_limit(path: str) -> None:
    with serving(DRAIN_SECONDS="1") as server, request(server, path):
        if path == "/forever":
            server.wait("forever")
        else:
            server.get("/threads")
        server.signal(signal.SIGTERM)
        assert server.exit_code() == 0
        assert "Draining, for at most 1 s" in server.tail()


def test_a_second_signal_ends_the_process_at_once() -> None:
    with serving() as server, request(server, "/forever"), server.connect("/listen") as wire:
        server.wait("forever")
        server.signal(signal.SIGTERM)
        assert wire.text() == "hello"
        assert wire.text() == "bye"
        server.signal(signal.SIGTERM)
        assert server.exit_code() == 128 + signal.SIGTERM


@pytest.mark.parametrize("name", ["DRAIN_SECONDS", "SEND_STALL_SECONDS"])
def test_a_bad_limit_stops_the_start_with_one_sentence(name: str) -> None:
    server = Server(**{name: "soon"})
    server.launch()
    assert server.exit_code() == 1
    assert server.tail().splitlines()[-1].startswith(f"{name} must be a number of seconds above zero")
