"""A WebSocket client that shows every byte, reads only when told, and may break the rules."""

import base64
import os
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple, Self

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
TIMEOUT = 60.0  # seconds; a server may have to start meanwhile


class Frame(NamedTuple):
    opcode: int
    payload: bytes

    @property
    def code(self) -> int:
        """Of a close frame."""
        assert self.opcode == CLOSE, self
        return int.from_bytes(self.payload[:2], "big")


def handshake(path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def encoded(payload: bytes, opcode: int = TEXT, *, fin: bool = True, masked: bool = True) -> bytes:
    """A frame as a client sends it."""
    size = len(payload)
    flag = 0x80 if masked else 0
    if size < 126:
        length = bytes([flag | size])
    elif size < 65_536:
        length = bytes([flag | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([flag | 127]) + size.to_bytes(8, "big")
    mask = os.urandom(4) if masked else b""
    if masked:
        repeated = (mask * (size // 4 + 1))[:size]
        payload = (int.from_bytes(payload) ^ int.from_bytes(repeated)).to_bytes(size)
    return bytes([(0x80 if fin else 0) | opcode]) + length + mask + payload


class Wire:
    """One connection. Every wait ends after TIMEOUT with an exception."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.socket.settimeout(TIMEOUT)
        self._data = bytearray()

    @classmethod
    def open(cls, port: int, path: str, *, receive_buffer: int = 0, tls: bool = False) -> Self:
        """Connect and shake hands. A small `receive_buffer` makes the server feel at once that nobody reads."""
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(TIMEOUT)
        connection.connect(("127.0.0.1", port))
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            connection = context.wrap_socket(connection)
        wire = cls(connection)
        wire.shake(path)
        return wire

    def shake(self, path: str) -> None:
        self.socket.sendall(handshake(path))
        self.shaken()

    def shaken(self) -> None:
        """Read the answer to a handshake, which must be a yes."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._take(1)
        assert head.startswith(b"HTTP/1.1 101"), head

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(
        self, payload: bytes | str, opcode: int = TEXT, *, fin: bool = True, masked: bool = True
    ) -> None:
        raw = payload.encode() if isinstance(payload, str) else payload
        self.socket.sendall(encoded(raw, opcode, fin=fin, masked=masked))

    def close(self, code: int) -> None:
        self.send(code.to_bytes(2, "big"), CLOSE)

    def _take(self, count: int) -> bytes:
        while len(self._data) < count:
            data = self.socket.recv(65_536)
            if not data:
                raise EOFError
            self._data += data
        taken = bytes(self._data[:count])
        del self._data[:count]
        return taken

    def read(self) -> Frame:
        """The next frame. Raises EOFError or ConnectionResetError when there is none any more."""
        first, size = self._take(2)
        assert first & 0xF0 == 0x80, "a whole frame without extensions"
        assert not size & 0x80, "a server's frame is not masked"
        if size >= 126:
            size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
        return Frame(first & 0x0F, self._take(size))

    def frames(self) -> Iterator[Frame]:
        """All frames up to the close frame, and that one, which is answered."""
        while True:
            frame = self.read()
            yield frame
            if frame.opcode == CLOSE:
                self.close(frame.code)
                return

    def text(self) -> str:
        """The next frame, which must be a text."""
        frame = self.read()
        assert frame.opcode == TEXT, frame
        return frame.payload.decode()

    def is_over(self) -> bool:
        """Wait for the connection's end; whether nothing else comes before it."""
        try:
            return not self._data and not self.socket.recv(1)
        except ConnectionResetError:
            return True
