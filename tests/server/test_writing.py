"""What goes out of a WebSocket: in order, whoever writes, and never more than the client takes."""

from pathlib import Path

from .certificate import certificate
from .server import Server, serving
from .wire import PING, TEXT, Frame, Wire

SMALL_BUFFER = 4096
MEBIBYTE = 1024 * 1024

# A blocked connection holds one frame in the transport, the kernel holds the rest; the interpreter's own growth is in
# here too. What was due in these tests is many times that.
MEMORY_BOUND = 4 * MEBIBYTE


def expected_mixture(count: int) -> list[Frame]:
    frames = []
    for number in range(count):
        text = f"{number:08}" + "." * (number * 37 % 9000)
        ping = number % 11 == 3
        frames.append(Frame(PING, text[:8].encode()) if ping else Frame(TEXT, text.encode()))
    return frames


def test_all_that_is_written_arrives_in_order_at_a_slow_reader(server: Server) -> None:
    with server.connect("/mixture?count=3000", receive_buffer=SMALL_BUFFER) as wire:
        server.wait("blocked")
        *frames, close = wire.frames()
        assert frames == expected_mixture(3000)
        assert close.code == 4400
        assert close.payload[2:] == b"that was all"
        assert wire.is_over()
    server.wait("writable")


def test_all_that_is_written_arrives_in_order_over_tls(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path)
    with (
        serving("-e", f"ssl:{{port}}:interface=127.0.0.1:privateKey={key}:certKey={cert}") as server,
        Wire.open(server.port, "/mixture?count=3000", tls=True, receive_buffer=SMALL_BUFFER) as wire,
    ):
        *frames, close = wire.frames()
    assert frames == expected_mixture(3000)
    assert close.code == 4400


def test_a_client_that_never_reads_is_dropped_and_harms_nobody() -> None:
    with (
        serving(SEND_STALL_SECONDS="1") as server,
        server.connect("/broadcast", receive_buffer=SMALL_BUFFER),
    ):
        server.wait("audience")
        server.get("/pour?megabytes=16")  # what the kernel takes for a connection, and what Python takes once
        before = server.memory()
        server.get("/pour?megabytes=200")
        assert server.memory() - before < MEMORY_BOUND
        with server.connect("/echo") as other:
            other.send("still there?")
            assert other.text() == "still there?"
        server.wait("gone-1006")
        assert "has not read for 1 s" in server.tail()


def test_an_ordinary_send_waits_for_the_client() -> None:
    with serving(SEND_STALL_SECONDS="1") as server:
        before = server.memory()
        with server.connect("/torrent", receive_buffer=SMALL_BUFFER) as wire:
            assert wire.read().payload
            server.wait("torrent-over")
            assert "has not read for 1 s" in server.tail()
            assert server.memory() - before < MEMORY_BOUND


def test_an_endless_sender_lets_others_run_while_its_client_reads(server: Server) -> None:
    with server.connect("/torrent") as wire, server.connect("/echo") as other:
        for _ in range(200):
            assert wire.read().payload
        other.send("hello")
        assert other.text() == "hello"
    server.wait("torrent-over")
