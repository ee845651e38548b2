"""Foreign text on a card stays text, whatever a GitHub-flavoured renderer is told to find in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.hooks.markdown import blocks, bullet, escape, plain, section
from app.hooks.summary import LIMIT, fill, length, shorten

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
PLAIN = {"paragraph_open", "paragraph_close", "inline"}

ATTACKS = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![beacon](https://evil.example/x.png)",
    "[a]: http://x",
    "<https://evil.example>",
    "a | b\n--|--\n1 | 2",
    "```\ncode\n```",
    "<!-- comment -->",
    "&lt;b&gt; &#60;i&#62;",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "> quote",
    "***",
    "---",
    "===",
    "    code",
    "~~gone~~ *a* __b__ `c`",
    "line one\nline two\\",
    "\u202eabc\u200b",
    "text\x00with\x1b[31mcontrols",
]
ALPHABET = st.sampled_from(
    [*"<>[](){}*_`~#+-=|!&;:/\\.@$^'\"0123456789 \n\tab", "www.", "http://", "\u202e", "\u00e9", "😀"]
)


def rendered(markdown: str) -> tuple[str, set[str]]:
    """The words and the elements that a renderer makes."""
    tokens = GFM.parse(markdown)
    inner = [child for token in tokens for child in (token.children or [])]
    kinds = {token.type for token in (*tokens, *inner)} - PLAIN - {"text", "text_special"}
    return "".join(child.content for child in inner), kinds


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_is_only_words(text):
    assert rendered(escape(text)) == (plain(text), set())


@settings(max_examples=2000, deadline=None)
@given(st.lists(ALPHABET, max_size=40).map("".join))
def test_any_text_is_only_words(text):
    assert rendered(escape(text)) == (plain(text), set())


def test_unescaped_text_would_be_seen():
    assert rendered("[a](http://b) <b>")[1] == {"link_open", "link_close", "html_inline"}


@pytest.mark.parametrize(
    "text", ["www.evil.com", "see http://evil.com/x", "evil.com", "a@evil.com", "ftp://evil.com", "mailto:a@b.c"]
)
def test_no_address_is_left_whole(text):
    """Automatic links are found in runs of text: an escape in the middle of the address breaks the run."""
    runs = MarkdownIt("commonmark").disable("text_join")
    inner = [child for token in runs.parse(escape(text)) for child in (token.children or [])]
    assert len(inner) > 1
    assert "".join(child.content for child in inner) == text


def test_a_sentence_stays_readable():
    assert escape("Dose: 0.4 g/kg (5 days); IgA < 0.05 mg/dL.") == r"Dose: 0.4 g/kg (5 days); IgA \< 0.05 mg/dL."


def test_bullets_keep_to_their_line():
    made = section("Found", ["one\n- two", "# three"])
    assert [token.type for token in GFM.parse(made)].count("list_item_open") == 2
    assert blocks(["", bullet("x"), ""]) == "- x"


def test_e18_summaries_are_short_in_every_count():
    for text in ("word " * 60, "x" * 300, "😀" * 139, "😀 " * 100, "a" * 139):
        short = shorten(text)
        assert length(short) < LIMIT
        assert len(short.encode("utf-16-le")) // 2 < LIMIT
    assert shorten("a" * 139) == "a" * 139
    assert shorten("😀" * 70) != "😀" * 70


def test_a_summary_keeps_its_frame():
    made = fill("IVIG contraindicated: {first} (and {more} more)", "word " * 60, 2)
    assert made.startswith("IVIG contraindicated: word")
    assert made.endswith("... (and 2 more)")
    assert length(made) < LIMIT
    assert fill("Look: {first}", "short") == "Look: short"
