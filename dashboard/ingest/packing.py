"""What comes packed, unpacked within a bound: a small body can be made that fills all memory there is."""

import zlib

EITHER = 32 + zlib.MAX_WBITS
"""gzip or zlib's own form, whichever it begins like: `deflate` stands for the latter."""

PARTS_MAX = 100
"""One after the other, as gzip allows. What follows a part is copied, so that very many would take long."""


class CannotUnpack(ValueError):
    """It is not packed as it says, or in some other way."""


class TooLarge(ValueError):
    """There is more of it than may be."""


def unpacked(body: bytes, coding: str, most: int) -> bytes:
    """A body as it was before it was packed: `coding` is that of the header Content-Encoding.

    Raises CannotUnpack, also for one that was cut off, and TooLarge for more than `most` bytes.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "deflate"):
        raise CannotUnpack("A body may be packed with gzip or deflate, or not at all.")
    found, rest = b"", body
    for _ in range(PARTS_MAX):
        part = zlib.decompressobj(wbits=EITHER)
        try:
            found += part.decompress(rest, most + 1 - len(found))
        except zlib.error as error:
            raise CannotUnpack(f"This is not {coding}.") from error
        if len(found) > most:
            raise TooLarge(f"A body may unpack to {most} bytes.")
        if not part.eof:
            raise CannotUnpack("The body was cut off.")
        rest = part.unused_data
        if not rest:
            return found
    raise CannotUnpack(f"A body may be packed in {PARTS_MAX} parts.")
