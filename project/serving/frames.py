"""WebSocket frames as bytes, and the extension that lets an application hand finished ones to the server."""

from collections.abc import Callable
from typing import Protocol

EXTENSION = "watchroom.frames"

TEXT = 0x81  # FIN and opcode 1: a whole text message in one frame
MASKED = 0x80
LENGTH_16 = 126
LENGTH_64 = 127


def frame(payload: bytes) -> bytes:
    """One whole, unmasked text frame. `payload` must be UTF-8; it is not checked here."""
    size = len(payload)
    if size < LENGTH_16:
        return bytes((TEXT, size)) + payload
    if size <= 0xFFFF:
        return bytes((TEXT, LENGTH_16)) + size.to_bytes(2, "big") + payload
    return bytes((TEXT, LENGTH_64)) + size.to_bytes(8, "big") + payload


def payload(frame: bytes) -> bytes:
    """What `frame()` was given."""
    size = frame[1]
    return frame[4 if size == LENGTH_16 else 10 if size == LENGTH_64 else 2 :]


def take_text(data: bytes, at: int, limit: int) -> tuple[str, int] | None:
    """
    The text of the frame that starts at `data[at]`, and where the next one starts.

    None unless this is beyond doubt a whole, masked, unfragmented text frame of valid UTF-8 with at most `limit`
    bytes of payload. What is not, may still be a good frame: whoever asks must then use a full parser.
    """
    available = len(data) - at
    if available < 6 or data[at] != TEXT or not data[at + 1] & MASKED:
        return None
    size = data[at + 1] & 0x7F
    mask_at = at + 2
    if size == LENGTH_16:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if size < LENGTH_16:
            return None
        mask_at += 2
    elif size == LENGTH_64:
        return None
    end = mask_at + 4 + size
    if size > limit or end > len(data):
        return None
    mask = data[mask_at : mask_at + 4] * (size // 4 + 1)
    masked = int.from_bytes(data[mask_at + 4 : end], "big")
    payload = (masked ^ int.from_bytes(mask[:size], "big")).to_bytes(size, "big")
    try:
        return payload.decode(), end
    except UnicodeDecodeError:
        return None


class FrameWriter(Protocol):
    """
    `scope["extensions"]["watchroom.frames"]["writer"]`: one WebSocket connection, written to without a task switch.

    Only `project.server` offers it. All methods belong to the event loop's thread and none of them waits. What is
    written keeps its order with everything else that goes out: handshake, `websocket.send`, pings, pongs, close.
    """

    blocked: bool
    """True while bytes wait for the socket, before the handshake's answer is out, and for good once closing."""

    buffered: int
    """Bytes handed over since the connection was last empty. The client may have taken some of them already."""

    def write(self, frame: bytes) -> bool:
        """
        Send one finished, unmasked frame. False: the connection is now blocked, wait for `on_writable`.

        A frame written while blocked is queued in order, without a bound: the caller should not. Before the
        connection is accepted and once it is closing, frames are dropped.
        """
        ...

    def on_writable(self, callback: Callable[[], None] | None) -> None:
        """Call `callback` each time a blocked connection has been emptied. One callback; None removes it."""
        ...

    def receive_with(self, callback: Callable[[str], None] | None) -> None:
        """
        Hand incoming text messages to `callback` at once, in order, those already queued first.

        They no longer come through `receive()`; binary messages and `websocket.disconnect` still do. An exception
        of the callback closes with 1011. None returns to the ordinary way.
        """
        ...

    def pause_reading(self) -> None:
        """Stop taking anything from the client until `resume_reading`; its silence is not held against it."""
        ...

    def resume_reading(self) -> None:
        """Go on after `pause_reading`."""
        ...

    def close(self, code: int, reason: str = "") -> None:
        """
        Send a close frame after what is queued, any code, 1012 too; drop the connection when it goes unanswered.

        Before the handshake is answered this refuses the connection. `reason` is cut to what fits (123 bytes).
        """
        ...

    def abort(self) -> None:
        """Drop the connection now, and what is queued with it."""
        ...
