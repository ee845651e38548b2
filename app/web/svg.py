"""A few SVG elements as text: everything escaped, presentation attributes only, no style sheet, script, link or font file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "image/svg+xml"
FONT = "Helvetica, Arial, sans-serif"
INK = "#000000"
FAINT = "#767676"
TENTH = Decimal("0.1")
LINE_HEIGHT = 17
WIDE = 105

Coordinate = int | Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """From values 0 to ``top`` to pixels ``start`` to ``end``."""

    top: Decimal
    start: int
    end: int

    def at(self, value: Decimal) -> Decimal:
        """Where a value lies, px."""
        return self.start + (self.end - self.start) * value / self.top

    def ticks(self) -> Iterator[Decimal]:
        """Round values from 0 to the top, at most seven."""
        step = next(size for size in _round_sizes() if self.top / size <= 6)  # noqa: PLR2004 - seven marks fit
        value = Decimal(0)
        while value <= self.top:
            yield value
            value += step


def _round_sizes() -> Iterator[Decimal]:
    power = Decimal(1)
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def number(value: Coordinate) -> str:
    """A figure with at most one decimal."""
    return str(Decimal(value).quantize(TENTH, ROUND_HALF_UP)).removesuffix(".0")


def text(x: Coordinate, y: Coordinate, words: str, *, size: int = 13, anchor: str = "start", bold: bool = False) -> str:
    """One line of text."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{size}" text-anchor="{anchor}"{weight} fill="{INK}">'
        f"{escape(words)}</text>"
    )


def sideways(x: Coordinate, y: Coordinate, words: str) -> str:
    """One line of text that runs upwards."""
    place = f"{number(x)} {number(y)}"
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="13" text-anchor="middle" fill="{INK}" '
        f'transform="rotate(-90 {place})">{escape(words)}</text>'
    )


def line(
    start: tuple[Coordinate, Coordinate],
    end: tuple[Coordinate, Coordinate],
    *,
    width: str = "1",
    dashes: str = "",
    colour: str = INK,
) -> str:
    """One straight line; dashes tell lines apart, never colour alone."""
    pattern = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{number(start[0])}" y1="{number(start[1])}" x2="{number(end[0])}" y2="{number(end[1])}" '
        f'stroke="{colour}" stroke-width="{width}"{pattern}/>'
    )


def paragraph(x: int, y: int, words: str, *, wide: int = WIDE) -> tuple[list[str], int]:
    """Wrapped lines of text, and the height below them."""
    lines = wrap(words, wide) or [""]
    return [text(x, y + LINE_HEIGHT * row, part) for row, part in enumerate(lines)], y + LINE_HEIGHT * len(lines)


def document(width: int, height: int, title: str, description: str, parts: Iterable[str]) -> bytes:
    """A whole drawing on white, with a title and a description for those who do not see it."""
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="title description" font-family={quoteattr(FONT)}>\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="description">{escape(description)}</desc>\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    ).encode()
