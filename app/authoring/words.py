"""Faults of wording: what CLINICAL_DECISIONS section 9 forbids to say, kept as data with its reason."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Any

from pydantic import Field, ValidationError

from app.authoring.loader import Loaded, Piece, adapter, entries, shape_faults
from app.authoring.yaml_source import Path, read_yaml
from app.clinical.content import Cites, Content, Id, Text
from app.errors import ContentError, Diagnostic

FILE = "banned_phrases.yaml"
_READ = frozenset({"rules", "parameters", "monograph", "products", "calculators", "transparency", "cards"})
_NAMES = frozenset(
    {
        "id",
        "kind",
        "cite",
        "decides",
        "when",
        "arises",
        "satisfied_by",
        "jurisdictions",
        "columns",
        "facts",
        "fact",
        "since",
        "unit",
        "applies_to",
        "traces",
        "on_file",
    }
)


class Banned(Content):
    """A phrase no sentence may hold, ``unless`` it stands inside one of these longer phrases."""

    id: Id
    phrase: str = Field(min_length=3)
    unless: tuple[str, ...] = ()
    reason: Text
    cite: Cites

    def occurs_in(self, text: str) -> bool:
        """Whether whole words of ``text`` form the phrase, whatever their case."""
        for longer in self.unless:
            text = _whole_words(longer).sub(" ", text)
        return _whole_words(self.phrase).search(text) is not None


def _whole_words(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE)


def load_banned(directory: FilePath) -> tuple[Piece, ...]:
    """The banned phrases of a knowledge folder. Raises ContentError with every fault."""
    path = directory / FILE
    if not path.exists():
        return ()
    file, found = read_yaml(path, FILE)
    faults, pieces = list(found), []
    for name, place, data in entries(file, ("phrases",), faults):
        try:
            pieces.append(Piece(name, data, adapter(Banned).validate_python(data), file, place))
        except ValidationError as error:
            faults.extend(shape_faults(Piece(name, data, None, file, place), error))
    if faults:
        raise ContentError(tuple(faults))
    return tuple(pieces)


def word_faults(loaded: Loaded, banned: Iterable[Banned]) -> Iterator[Diagnostic]:
    """Every banned phrase in a sentence that an answer can show."""
    phrases = tuple(banned)
    for piece in loaded.pieces:
        if piece.collection in _READ:
            for path, text in sentences(piece.data):
                for item in phrases:
                    if item.occurs_in(text):
                        message = f"{piece.data['id']}: `{item.phrase}` is not said here: {item.reason}"
                        yield piece.fault("banned-phrase", message, *path)


def sentences(part: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text meant to be read, with its place inside the entry; ids, codes and conditions are not."""
    match part:
        case str():
            yield path, part
        case dict():
            for key, value in part.items():
                if key not in _NAMES:
                    yield from sentences(value, (*path, key))
        case list():
            for index, item in enumerate(part):
                yield from sentences(item, (*path, index))
        case _:
            pass
