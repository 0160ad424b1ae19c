"""Message text to HTML."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import markdown
from chat.markdown import Person, names_in, render

PEOPLE = {"ada": Person(3, "Ada <L.>"), "b.o-b": Person(4, "Bob")}
ADA = '<span class="mention" data-user="3">@Ada &lt;L.&gt;</span>'
LINK = 'target="_blank" rel="noopener noreferrer nofollow"'


def html(body: str) -> str:
    return render(body, PEOPLE).html


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Just words, and 'these'", "<p>Just words, and 'these'</p>"),
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        (" 👍 ❤️ ", '<p class="emoji-only">👍 ❤️</p>'),
        ("👍 yes", "<p>👍 yes</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("```py\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("# 1 in the queue", "<p># 1 in the queue</p>"),
        ("see main.py and example.com", "<p>see main.py and example.com</p>"),
        (
            "https://a.example/?x=1",
            f'<p><a href="https://a.example/?x=1" {LINK}>https://a.example/?x=1</a></p>',
        ),
        ("[a](https://b.example)", f'<p><a href="https://b.example" {LINK}>a</a></p>'),
    ],
)
def test_markdown_becomes_html(body: str, expected: str) -> None:
    assert html(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "![x](https://tracker.example/pixel.png)",
        "<span class='mention' data-user='1'>@me</span>",
        '[x](https://a.example "\\" onclick=alert(1)")',
    ],
)
def test_nothing_that_runs_or_pretends_or_loads_gets_through(body: str) -> None:
    result = html(body)
    for bad in ("<script", "<img", 'href="javascript', 'href="data', "<span", "onclick=alert(1) "):
        assert bad not in result


@given(st.text(max_size=80))
def test_no_text_breaks_the_renderer_or_smuggles_tags(body: str) -> None:
    assert "<script" not in html(body + "<script>")


@given(st.text(alphabet=st.sampled_from("abc é.,:;!?'\"()/%$^{}+-=#1 \u2028\xa0@*`<&|~_\\[\n"), max_size=30))
def test_plain_text_takes_a_short_way_to_the_same_html(body: str) -> None:
    if markdown._PLAIN.fullmatch(body):
        env = {"people": {}, "mentions": {}}
        long_way = markdown._parser(tables=True).render(body, env)
        assert html(body) == markdown._cleaner().clean(long_way).strip()


def test_people_and_the_room_are_mentioned() -> None:
    rendered = render("@ada and @B.o-b: @room, please", PEOPLE)
    assert rendered.mentions == [3, 4]
    assert rendered.mentions_room
    assert rendered.html.startswith(f"<p>{ADA} and ")
    assert '<span class="mention mention-room">@room</span>, please' in rendered.html


@pytest.mark.parametrize("body", ["Hi @ada.", "(@ada)", "@ada's", "**@ada**", "- @ada", "@ada\n@nobody"])
def test_a_mention_ends_where_the_name_ends(body: str) -> None:
    assert render(body, PEOPLE).mentions == [3]


@pytest.mark.parametrize(
    "body",
    [
        "`@ada`",
        "```\n@ada @room\n```",
        "    @ada",
        "me@ada",
        "https://a.example/@ada",
        "[@ada](https://a.example)",
        "@adam",
        "@ada.x",
        "@@ada",
    ],
)
def test_code_links_and_addresses_mention_nobody(body: str) -> None:
    rendered = render(body, PEOPLE)
    assert rendered.mentions == []
    assert not rendered.mentions_room
    assert 'class="mention' not in rendered.html


def test_the_names_to_look_up_are_found_in_any_case() -> None:
    assert names_in("@Ada, @ada and `@eve` at @room") == {"ada", "eve"}


def test_a_long_run_of_spaces_takes_no_longer_than_other_text() -> None:
    def seconds(body: str) -> float:
        began = time.process_time()
        assert markdown._PLAIN.fullmatch(body)
        return time.process_time() - began

    words, spaces = "a" * 10_000, "a" + " " * 9_998 + "b"
    assert min(seconds(spaces) for _ in range(3)) < 20 * max(seconds(words) for _ in range(3)) + 0.005


def test_a_table_is_a_table_and_one_of_countless_cells_is_text() -> None:
    assert "<td>2</td>" in html("|a|b|\n|-|-|\n|1|2|")
    wide = "|x" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "x\n" * 3_000
    assert len(html(wide)) < 10 * len(wide)
    assert "<td>" not in html(wide)
