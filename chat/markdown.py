"""Message text to HTML: Markdown, bare links and mentions, cleaned to what a message may contain.

Left out on purpose: raw HTML, images (they would tell other sites who reads), and headings (a message that
starts with "# 1 in the queue" is not a title).
"""

import html
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .emoji import are_emoji

ROOM = "room"  # `@room` means everyone there, whoever may be called that
# Usernames may hold dots, pluses and hyphens, but a sentence may end right behind one.
_MENTION = re.compile(r"(?<![\w@/.+-])@(\w+(?:[.+-]+\w+)*)")
# Text that is nothing but one paragraph: it starts like a sentence and holds no character that Markdown,
# HTML, a link or a mention could begin with, and none that HTML would write differently. The space at the end is
# looked for once, not at every space: a regex holds up the whole process while it runs.
_PLAIN = re.compile(r"[^\W\d_](?:[^\s\\`*_~\[\]<>&@|\x00/\xa0\ufeff]|/(?!/)| )*(?<! )")

MAX_CELLS = 2_000
"""Where a message could have more table cells than this, it has no table. Every row is filled up to the width of the
head: ten thousand characters became 65,536 cells, a second and a half of work and 650 KB for everyone in the room."""

_TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a", "span"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "span": {"data-user"}}
_CLASSES = {"span": {"mention", "mention-room"}}


class Person(NamedTuple):
    """Somebody who can be mentioned."""

    id: int
    name: str


class Rendered(NamedTuple):
    """A message's HTML, and whom it mentions outside code."""

    html: str
    mentions: list[int]
    mentions_room: bool


def names_in(body: str) -> set[str]:
    """The lower-case usernames that `body` may mention; `render` decides which of them it does."""
    return {name.lower() for name in _MENTION.findall(body)} - {ROOM} if "@" in body else set()


def render(body: str, people: Mapping[str, Person]) -> Rendered:
    """HTML that is safe to put into a page. `people` by lower-case username; other names stay plain text."""
    if _PLAIN.fullmatch(body):
        return Rendered(f"<p>{body}</p>", [], False)
    if are_emoji(body):
        return Rendered(f'<p class="emoji-only">{body.strip()}</p>', [], False)
    env: dict[str, Any] = {"people": people, "mentions": {}, "mentions_room": False}
    clean = _cleaner().clean(_parser(_cells(body) <= MAX_CELLS).render(body, env)).strip()
    return Rendered(clean, sorted(env["mentions"]), env["mentions_room"])


def excerpt(rendered: str, limit: int) -> str:
    """The beginning of a rendered message as people read it, on one line of at most `limit` characters."""
    text = " ".join(html.unescape(nh3.clean(rendered, tags=set())).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _cells(body: str) -> int:
    """The most cells that a table in this text could have."""
    lines = body.split("\n")
    return (max(line.count("|") for line in lines) + 1) * len(lines) if "|" in body else 0


@cache
def _parser(tables: bool) -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "linkify": True, "breaks": True})
    parser.disable(["image", "heading", "lheading", "reference", *([] if tables else ["table"])])
    if parser.linkify is None:
        raise RuntimeError("linkify-it-py is missing")
    # Only what carries a scheme: main.py and README.md are files here, not sites.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    parser.core.ruler.push("mention", _find_mentions)
    parser.add_render_rule("mention", _render_mention)
    return parser


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _find_mentions(state: StateCore) -> None:
    """Looks only at text: code is another kind of token, and text inside a link belongs to the link."""
    for block in state.tokens:
        if block.type == "inline" and block.children and "@" in block.content:
            depth = 0
            children: list[Token] = []
            for token in block.children:
                depth += token.nesting if token.type in ("link_open", "link_close") else 0
                whole = depth > 0 or token.type != "text"
                children += [token] if whole else _split(token, state.env)
            block.children = children


def _split(text: Token, env: Any) -> list[Token]:
    parts: list[Token] = []
    end = 0
    for match in _MENTION.finditer(text.content):
        name = match[1].lower()
        person = env["people"].get(name)
        if name == ROOM:
            env["mentions_room"] = True
        elif person:
            env["mentions"][person.id] = True
        else:
            continue
        parts += [
            Token("text", "", 0, content=text.content[end : match.start()]),
            Token("mention", "span", 0, meta={"person": None if name == ROOM else person}),
        ]
        end = match.end()
    return [*parts, Token("text", "", 0, content=text.content[end:])] if parts else [text]


def _render_mention(_: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    person = tokens[index].meta["person"]
    if person is None:
        return f'<span class="mention mention-room">@{ROOM}</span>'
    return f'<span class="mention" data-user="{person.id}">@{escapeHtml(person.name)}</span>'
