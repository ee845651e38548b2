"""Faults of the words of cards: names that lead nowhere, and words too long for what shows them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from app.authoring.loader import Loaded, Piece
from app.clinical.card_words import CardSuggestion, CardTopic
from app.clinical.catalogue import specifications
from app.errors import Diagnostic

MOST_LABEL = 60
"""A suggestion's label stands on a button."""
MOST_FRAME = 60
"""What stands around the finding in a summary; of the 139 characters that clients show, the finding needs the rest."""


def card_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Every fault of this kind; a folder without card words has none."""
    topics = {piece.model.id for piece in loaded.of("cards") if isinstance(piece.model, CardTopic)}
    rules = {rule.id: rule.kind for rule in loaded.knowledge.rules}
    parameters = {item.id for item in loaded.knowledge.parameters}
    for piece in loaded.of("cards"):
        match piece.model:
            case CardTopic():
                yield from _topic(piece, rules)
            case CardSuggestion():
                yield from chain(_names(piece, topics, rules, parameters), _label(piece))
            case _:
                pass


def _topic(piece: Piece, rules: Mapping[str, str]) -> Iterator[Diagnostic]:
    item = piece.model
    notes = [name for name, kind in rules.items() if kind == "note"]
    for index, name in _strangers(item.notes, notes):
        yield piece.fault("card-unknown-rule", f"{item.id}: there is no note `{name}`", "notes", index)
    for index, name in _strangers(item.warns, rules):
        yield piece.fault("card-unknown-rule", f"{item.id}: there is no rule `{name}`", "warns", index)
    for field in ("summary", "summary_more"):
        frame = getattr(item, field).replace("{first}", "")
        if len(frame) > MOST_FRAME:
            message = f"{item.id}: {len(frame)} characters beside the finding, {MOST_FRAME} at most"
            yield piece.fault("card-too-long", message, field)


def _names(
    piece: Piece, topics: Collection[str], rules: Collection[str], parameters: Collection[str]
) -> Iterator[Diagnostic]:
    item = piece.model
    for index, name in _strangers(item.topics, topics):
        yield piece.fault("card-unknown-topic", f"{item.id}: there is no topic `{name}`", "topics", index)
    for index, name in _strangers(item.checks, rules):
        yield piece.fault("card-unknown-rule", f"{item.id}: there is no rule `{name}`", "checks", index)
    for index, name in _strangers(item.facts, specifications()):
        yield piece.fault("unknown-fact", f"{item.id}: there is no fact `{name}`", "facts", index)
    if item.after is not None and item.after not in parameters:
        yield piece.fault("missing-parameter", f"{item.id}: there is no parameter `{item.after}`", "after")


def _label(piece: Piece) -> Iterator[Diagnostic]:
    if len(piece.model.label) > MOST_LABEL:
        message = f"{piece.model.id}: a label of {len(piece.model.label)} characters, {MOST_LABEL} at most"
        yield piece.fault("card-too-long", message, "label")


def _strangers(named: Sequence[str], known: Collection[str]) -> Iterator[tuple[int, str]]:
    return ((index, name) for index, name in enumerate(named) if name not in known)
