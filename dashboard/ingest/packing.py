"""What comes packed with gzip, unpacked within a bound: a small body can be made that fills all memory there is."""

import zlib


class CannotUnpack(ValueError):
    """It is not gzip, or packed in some other way."""


class TooLarge(ValueError):
    """There is more of it than may be."""


def unpacked(body: bytes, coding: str, most: int) -> bytes:
    """A body as it was before it was packed: `coding` is that of the header Content-Encoding.

    Raises CannotUnpack, and TooLarge for more than `most` bytes.
    """
    if coding in ("", "identity"):
        return body
    if coding != "gzip":
        raise CannotUnpack("A body may be packed with gzip, or not at all.")
    try:
        found = zlib.decompressobj(wbits=31).decompress(body, most + 1)
    except zlib.error as error:
        raise CannotUnpack("This is not gzip.") from error
    if len(found) > most:
        raise TooLarge(f"A body may unpack to {most} bytes.")
    return found
