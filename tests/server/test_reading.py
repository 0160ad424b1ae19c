"""What comes in on a WebSocket: to a callback or to the application's queue, whole, in order, within bounds."""

import select
import socket
from collections.abc import Iterator

import pytest

from .server import Server, serving
from .wire import BINARY, CLOSE, PING, PONG, TEXT, TIMEOUT, Frame, Wire, encoded

UNDER_WAY = 32 * 1024 * 1024  # far more than the kernel keeps for a connection
STUCK_SECONDS = 2.0  # that the server takes nothing, to believe that it never will

TEXTS = ["a", "é" * 60, "b" * 125, "c" * 126, "d" * 4090, "e" * 4096, "f" * 70_000, "☃"]


@pytest.fixture(params=["echo", "quick"])
def wire(request: pytest.FixtureRequest, server: Server) -> Iterator[Wire]:
    """A client of an application that answers with what it hears, once through the queue, once by a callback."""
    with server.connect(f"/{request.param}") as wire:
        yield wire


def test_texts_of_any_size_arrive(wire: Wire) -> None:
    for text in TEXTS:
        wire.send(text)
        assert wire.text() == text


def test_many_texts_in_one_packet_arrive_in_order(wire: Wire) -> None:
    wire.socket.sendall(b"".join(encoded(str(number).encode()) for number in range(5000)))
    assert [wire.text() for _ in range(5000)] == [str(number) for number in range(5000)]


def test_a_text_may_come_byte_by_byte(wire: Wire) -> None:
    wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in encoded(b"slowly") + encoded(b"but surely"):
        wire.socket.sendall(bytes([byte]))
    assert [wire.text(), wire.text()] == ["slowly", "but surely"]


LOOKS_LIKE_A_TEXT = b"\x81\x80ab\xc0\xc2"


def send_apart(server: Server, wire: Wire, begin: bytes, rest: bytes) -> None:
    """Send the rest when the server has surely read the beginning by itself."""
    wire.socket.sendall(begin)
    with server.connect("/echo") as other:
        for _ in range(3):
            other.send("tick")
            assert other.text() == "tick"
    wire.socket.sendall(rest)


@pytest.mark.parametrize(
    ("begin", "answer"),
    [
        (b"\x81\x82", Frame(TEXT, b"AB")),
        (b"\x81\x86\x81\x80\x00\x00", Frame(TEXT, b"\0\0abAB")),
        (b"\x89\x86\x81\x80\x00\x00", Frame(PONG, b"\0\0ab\x41\x42")),
    ],
    ids=["within a header", "within a text", "within a ping"],
)
def test_the_rest_of_a_frame_is_no_text_even_if_it_looks_like_one(
    wire: Wire, server: Server, begin: bytes, answer: Frame
) -> None:
    send_apart(server, wire, begin, LOOKS_LIKE_A_TEXT)
    assert wire.read() == answer


def test_a_text_inside_another_breaks_the_rules(wire: Wire, server: Server) -> None:
    send_apart(server, wire, encoded(b"begun", fin=False), encoded(b"whole"))
    assert wire.is_over()


def test_a_text_may_come_in_fragments_with_control_frames_between(wire: Wire) -> None:
    wire.send("first ", fin=False)
    wire.send(b"knock", PING)
    wire.send("half,", opcode=0, fin=False)
    wire.send(" last half", opcode=0)
    wire.send("next")
    assert wire.read() == Frame(PONG, b"knock")
    assert wire.text() == "first half, last half"
    assert wire.text() == "next"


def test_a_binary_message_goes_through_the_queue(wire: Wire) -> None:
    wire.send(b"\x00\xff", BINARY)
    assert wire.text() == "2 bytes"


@pytest.mark.parametrize(
    "broken",
    [
        encoded(b"plain", masked=False),
        encoded(b"\xc3\x28"),
        encoded(b"x", 3),
        encoded(b"x" * 126, PING),
        encoded(b"x", 0),
        b"\xc1" + encoded(b"x")[1:],
    ],
    ids=[
        "unmasked",
        "no UTF-8",
        "unknown opcode",
        "long ping",
        "continues nothing",
        "compressed",
    ],
)
def test_a_client_that_breaks_the_rules_is_dropped(wire: Wire, broken: bytes) -> None:
    wire.send("good")
    assert wire.text() == "good"
    wire.socket.sendall(broken + encoded(b"never heard"))
    with pytest.raises((EOFError, ConnectionResetError)):
        wire.read()


def test_the_end_arrives_through_receive(server: Server) -> None:
    with server.connect("/quick") as wire:
        wire.close(4321)
        assert wire.read().code == 1000
    server.wait("gone-4321")


def test_a_callback_that_fails_closes_with_1011(server: Server) -> None:
    with server.connect("/quick") as wire:
        wire.send("raise")
        assert wire.read().code == 1011


@pytest.mark.parametrize("code", [1000, 1012, 4400, 4999])
def test_the_application_closes_with_any_code_and_a_reason_cut_to_fit(server: Server, code: int) -> None:
    with server.connect("/quick") as wire:
        wire.send(f"close {code} é")
        close = wire.read()
        assert close.code == code
        assert close.payload[2:].decode() == "é" * 61
        wire.close(code)
        assert wire.is_over()


def test_a_client_is_held_back_while_the_application_reads_nothing() -> None:
    with serving() as server, server.connect("/unread") as wire:
        messages = [encoded(b"%d %s" % (number, b"x" * 1000)) for number in range(UNDER_WAY // 1000)]
        data = memoryview(b"".join([*messages, encoded(b"end")]))
        wire.socket.setblocking(False)
        sent = 0
        while select.select([], [wire.socket], [], STUCK_SECONDS)[1]:
            sent += wire.socket.send(data[sent : sent + 65_536])
            assert sent < len(data), "the server took everything"
        server.get("/happen/read")
        wire.socket.setblocking(True)
        wire.socket.sendall(data[sent:])
        assert wire.text() == str(len(messages))


def test_a_silent_client_is_pinged_and_then_closed() -> None:
    with (
        serving(HEARTBEAT_SECONDS="3") as server,
        server.connect("/echo") as dead,
        server.connect("/echo") as alive,
    ):
        *pings, close = beside(alive, dead)
        assert pings
        assert {frame.opcode for frame in pings} == {PING}
        assert close.code == 4408
        alive.send("still here")
        while (frame := alive.read()).opcode == PING:
            pass
        assert frame == Frame(TEXT, b"still here")


def beside(alive: Wire, dead: Wire) -> list[Frame]:
    """What the client gets that never answers, while the other one answers its pings."""
    frames: list[Frame] = []
    while not frames or frames[-1].opcode != CLOSE:
        ready, _, _ = select.select([alive.socket, dead.socket], [], [], TIMEOUT)
        if alive.socket in ready:
            alive.send(alive.read().payload, PONG)
        if dead.socket in ready:
            frames.append(dead.read())
    return frames
