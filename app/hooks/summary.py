"""Summaries short enough for every client: fewer than 140 characters, however a client counts them."""

from app.hooks.markdown import plain

LIMIT = 140
ELLIPSIS = "..."


def length(text: str) -> int:
    """The larger of code points and UTF-16 units: a client in JavaScript or C# counts the latter."""
    return max(len(text), len(text.encode("utf-16-le")) // 2)


def shorten(text: str, room: int = LIMIT - 1) -> str:
    """``text`` in at most ``room`` characters, cut between words where it must be."""
    text = plain(text)
    if length(text) <= room:
        return text
    kept = ""
    for word in text.split(" "):
        longer = f"{kept} {word}".strip()
        if length(longer) + len(ELLIPSIS) > room:
            break
        kept = longer
    return (kept or _cut(text, room - len(ELLIPSIS))).rstrip(" ,;:-") + ELLIPSIS


def _cut(text: str, room: int) -> str:
    while length(text) > room:
        text = text[:-1]
    return text


def fill(template: str, first: str, more: int = 0) -> str:
    """A topic's summary with its first finding, shortened until the whole fits."""
    frame = template.replace("{more}", str(more))
    room = LIMIT - 1 - length(frame.replace("{first}", ""))
    return shorten(frame.replace("{first}", shorten(first, room)))
