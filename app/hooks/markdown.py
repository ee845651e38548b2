"""Text that stays text: GitHub-flavoured markdown without a way in for what others wrote."""

import re
import unicodedata
from collections.abc import Iterable

_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&@$!]|(?<=\w)\.(?=[^\W\d])|:(?=\S)|/(?=/)")
"""What can start emphasis, code, a link, HTML, an entity, a table, mathematics or a mention wherever it stands; and the dot,
colon or slash without which nothing is taken for an address. Other punctuation stays readable where markdown is not rendered."""
_AT_START = re.compile(r"^([+\-=]|\d{1,9}(?=[.)]))")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


def plain(text: str) -> str:
    """One line without control, format or direction-changing characters; runs of white space become one space."""
    kept = (_kept(character) for character in text)
    return " ".join("".join(kept).split())


def _kept(character: str) -> str:
    if character in _ZERO_WIDTH:
        return ""
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} else character


def escape(text: str) -> str:
    """``text`` as markdown that renders to the very same words: no element, no link, no entity comes of it."""
    safe = _ACTIVE.sub(r"\\\g<0>", plain(text))
    return _AT_START.sub(_start, safe)


def _start(match: re.Match[str]) -> str:
    """What would begin a list or underline a heading: the number of a list gets its dot escaped, by an entity."""
    word = match.group(0)
    return f"&#{ord(word[0])};{word[1:]}" if word[0].isdigit() else f"\\{word}"


def heading(text: str) -> str:
    """A bold line of its own."""
    return f"**{escape(text)}**"


def bullet(text: str) -> str:
    """One list item."""
    return f"- {escape(text)}"


def blocks(parts: Iterable[str]) -> str:
    """Paragraphs and lists, an empty line between them."""
    return "\n\n".join(part for part in parts if part)


def section(title: str, lines: Iterable[str]) -> str:
    """A heading and its list; nothing where the list is empty."""
    items = [bullet(line) for line in lines]
    return "\n".join([heading(title), "", *items]) if items else ""
