"""Faults of the transparency document: an attribute left out or told twice, a section without a word, a fact that is not there."""

from collections import Counter
from collections.abc import Iterator

from app.authoring.loader import Loaded, Piece
from app.clinical.catalogue import specifications
from app.errors import Diagnostic

ATTRIBUTE = "source_attribute"
ATTRIBUTES = range(1, 14)
SECTIONS = (
    "intended_use",
    "intended_user",
    "intended_patients",
    "out_of_scope",
    "emergency",
    "known_limit",
    "regulation",
)


def transparency_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Every fault of this kind; a folder without the document has none."""
    found = loaded.of("transparency")
    for piece in found:
        yield from _item(piece)
    if found:
        yield from _whole(found)


def _item(piece: Piece) -> Iterator[Diagnostic]:
    item = piece.model
    if (item.section == ATTRIBUTE) != (item.number is not None):
        yield piece.fault("transparency-number", f"{item.id}: source attributes have a number, nothing else has", "id")
    for index, fact in enumerate(item.facts):
        if fact not in specifications():
            yield piece.fault("unknown-fact", f"{item.id}: there is no fact `{fact}`", "facts", index)


def _whole(found: tuple[Piece, ...]) -> Iterator[Diagnostic]:
    numbers = Counter(piece.model.number for piece in found if piece.model.number is not None)
    wrong = sorted({*ATTRIBUTES} ^ {*numbers} | {number for number, times in numbers.items() if times > 1})
    if wrong:
        message = f"the source attributes are 1 to 13, each once; look at {', '.join(map(str, wrong))}"
        yield found[0].fault("transparency-incomplete", message)
    told = {piece.model.section for piece in found}
    for section in SECTIONS:
        if section not in told:
            yield found[0].fault("transparency-incomplete", f"nothing is said about {section}")
