"""What counts as one emoji. Python knows no grapheme clusters, so this is the grammar of Unicode TR 51."""

import re

from .models import EMOJI_MAX_BYTES

_BASE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_MODIFIED = f"{_BASE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_REGION = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # Scotland, Wales, and the like
_JOINED = f"{_MODIFIED}(?:\u200d{_MODIFIED})*"
_EMOJI = re.compile(f"{_FLAG}|{_KEYCAP}|{_REGION}|{_JOINED}")
_FEW = 6  # emoji: more are no exclamation any more, and would fill a narrow screen when they are shown large
_EMOJIS = re.compile(rf"\s*(?:(?:{_EMOJI.pattern})\s*){{1,{_FEW}}}")


def is_emoji(text: str) -> bool:
    """Whether this is exactly one emoji, as people see it."""
    return len(text.encode()) <= EMOJI_MAX_BYTES and _EMOJI.fullmatch(text) is not None


def are_emoji(text: str) -> bool:
    """Whether this is a few emoji and nothing else but space between them."""
    return len(text.encode()) <= _FEW * (EMOJI_MAX_BYTES + 1) and _EMOJIS.fullmatch(text) is not None
