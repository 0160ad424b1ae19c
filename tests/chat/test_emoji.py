"""What counts as one emoji."""

import pytest

from chat.emoji import is_emoji


@pytest.mark.parametrize(
    "emoji", ["👍", "👍🏽", "❤️", "❤", "🇦🇹", "1️⃣", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☕", "✅", "⌛", "🫠"]
)
def test_one_emoji_is_one(emoji: str) -> None:
    assert is_emoji(emoji)


@pytest.mark.parametrize(
    "text", ["", "a", "👍👍", "👍 ", "1", "🇦", "👍a", "\u200d", "️", "<b>", "👍" + "\u200d👍" * 5]
)
def test_everything_else_is_not(text: str) -> None:
    assert not is_emoji(text)
