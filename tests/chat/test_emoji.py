"""What counts as one emoji."""

import pytest

from chat.emoji import are_emoji, is_emoji


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


@pytest.mark.parametrize("text", ["👍", "👍🏽 ❤️", " 🇦🇹🇦🇹\n", "👨‍👩‍👧‍👦" * 6])
def test_a_few_emoji_are_few(text: str) -> None:
    assert are_emoji(text)


@pytest.mark.parametrize("text", ["", " ", "👍 yes", "👍" * 7, "1", "👍" + " " * 300])
def test_what_has_words_or_many_is_not(text: str) -> None:
    assert not are_emoji(text)
