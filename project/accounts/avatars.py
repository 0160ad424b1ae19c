"""Turns any uploaded picture into the small square one that is shown beside messages."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 256
"""Pixels: twice the largest size shown, for sharp screens."""

QUALITY = 82
"""WebP's, where a face still looks like itself: about 10 KB."""

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
"""A photo from a phone fits."""

MAX_PIXELS = 16_000_000
"""A small file can unpack to gigabytes. This is 64 MB; photos count less, a JPEG is shrunk while it is read."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""What browsers show as a picture. Pillow knows many more formats, each with decoders to be wary of."""


class NotAPicture(Exception):
    """The upload cannot be used; the message says why, to the person who sent it."""


def square(upload: bytes) -> bytes:
    """A SIDE x SIDE WebP cut from the middle of the upload, without its metadata. Raises NotAPicture."""
    if len(upload) > MAX_UPLOAD_BYTES:
        raise NotAPicture(f"That file is too large. Choose one of at most {MAX_UPLOAD_BYTES // 1024**2} MB.")
    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as image:
            image.draft("RGB", (SIDE * 2, SIDE * 2))
            if image.width * image.height > MAX_PIXELS:
                raise NotAPicture("That picture has too many pixels. Choose a smaller one.")
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise NotAPicture(
            "That is not a picture we can read. Choose a PNG, JPEG, WebP or GIF file."
        ) from None
    out = BytesIO()
    ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "WEBP", quality=QUALITY, method=6)
    return out.getvalue()
