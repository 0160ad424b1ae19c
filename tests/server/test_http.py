"""HTTP: streams that wait for their reader, bodies within a limit."""

import socket

import pytest

from .server import Server, serving
from .wire import TIMEOUT

MEBIBYTE = 1024 * 1024
LIMIT = 6 * MEBIBYTE
MEMORY_BOUND = 8 * MEBIBYTE
CHUNK_BYTES = 16_384


def connect(server: Server, *, receive_buffer: int = 0) -> socket.socket:
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(TIMEOUT)
    connection.connect(("127.0.0.1", server.port))
    return connection


def read_all(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1 << 20):
        parts.append(part)
    return b"".join(parts)


def test_a_stream_waits_for_its_reader_and_arrives_whole(server: Server) -> None:
    chunks = 4000
    before = server.memory()
    with connect(server, receive_buffer=4096) as connection:
        connection.sendall(b"GET /stream?chunks=%d HTTP/1.0\r\n\r\n" % chunks)
        server.wait("streaming")
        assert server.memory() - before < MEMORY_BOUND
        body = read_all(connection).partition(b"\r\n\r\n")[2]
    assert body == b"x" * (chunks * CHUNK_BYTES)
    assert server.memory() - before < MEMORY_BOUND


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_stream_that_nobody_reads_is_dropped(version: bytes) -> None:
    with serving(SEND_STALL_SECONDS="1") as server:
        before = server.memory()
        with connect(server, receive_buffer=4096) as connection:
            connection.sendall(b"GET /stream?chunks=100000 HTTP/%s\r\nHost: x\r\n\r\n" % version)
            server.wait("stream-over")
            assert "has not read for 1 s" in server.tail()
            assert server.memory() - before < MEMORY_BOUND


def test_a_body_at_the_limit_is_taken(server: Server) -> None:
    with connect(server) as connection:
        connection.sendall(b"POST /upload HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % LIMIT + b"x" * LIMIT)
        assert read_all(connection).endswith(b"\r\n\r\n%d" % LIMIT)


def test_a_body_over_the_limit_is_refused_before_it_is_sent(server: Server) -> None:
    with connect(server) as connection:
        head = b"POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % (LIMIT + 1))
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"too_large"' in answer


def test_a_body_of_unknown_length_is_refused_when_it_passes_the_limit(server: Server) -> None:
    before = server.memory()
    with connect(server) as connection:
        head = b"POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + (b"100000\r\n" + b"x" * MEBIBYTE + b"\r\n") * 20 + b"0\r\n\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 413 ")
    assert server.memory() - before < MEMORY_BOUND + LIMIT


def test_a_form_reaches_the_application_unparsed(server: Server) -> None:
    form = b"Twisted would refuse this form: it names no boundary"
    with connect(server) as connection:
        head = b"POST /upload HTTP/1.0\r\nContent-Type: multipart/form-data\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % len(form) + form)
        assert read_all(connection).endswith(b"\r\n\r\n%d" % len(form))
