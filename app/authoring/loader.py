"""The knowledge folder, read and checked: every fault collected, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app.authoring.bundle import COLLECTIONS, FORMAT
from app.authoring.yaml_source import Path, YamlFile, read_yaml
from app.clinical.card_words import CardItem
from app.clinical.knowledge import Knowledge, Rule, SelfTestPatient
from app.clinical.products import Product
from app.clinical.references import Jurisdiction, Parameter, Source, Statement
from app.clinical.service_words import Calculator, MonographSentence, TransparencyItem
from app.clinical.terms import Term
from app.errors import ContentError, Diagnostic
from app.logic.conditions import ConditionError

FILES: Mapping[str, tuple[str, ...]] = {
    "rules/**/*.yaml": ("rules",),
    "parameters/*.yaml": ("parameters",),
    "evidence/*.yaml": ("statements", "sources"),
    "jurisdictions.yaml": ("jurisdictions",),
    "monograph.yaml": ("monograph",),
    "products.yaml": ("products",),
    "calculators.yaml": ("calculators",),
    "transparency.yaml": ("transparency",),
    "terminology/*.yaml": ("terminology",),
    "self_test.yaml": ("self_test",),
    "cards.yaml": ("cards",),
}
"""Which files belong to a rule set, and what each may hold beside ``defaults``."""

_SHAPES: Mapping[str, Any] = {
    "rules": Rule,
    "parameters": Parameter,
    "statements": Statement,
    "sources": Source,
    "jurisdictions": Jurisdiction,
    "monograph": MonographSentence,
    "products": Product,
    "calculators": Calculator,
    "transparency": TransparencyItem,
    "terminology": Term,
    "self_test": SelfTestPatient,
    "cards": CardItem,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry of the knowledge: as written with its file's defaults, as checked, and where it stands."""

    collection: str
    data: dict[str, Any]
    model: Any
    file: YamlFile = field(repr=False)
    path: Path

    def fault(self, code: str, message: str, *path: str | int) -> Diagnostic:
        """A diagnostic at a place inside this entry, or in the defaults it took."""
        inside = self.file.reach(path, self.path)
        if path and inside == self.path:
            inside = self.file.reach(("defaults", *path)) or self.path
            inside = self.path if inside == ("defaults",) else inside
        return self.file.fault(code, message, inside)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A checked knowledge folder: the document to publish, the knowledge it decodes to, and the places of both."""

    document: dict[str, Any]
    knowledge: Knowledge
    pieces: tuple[Piece, ...] = field(repr=False)

    def of(self, collection: str) -> tuple[Piece, ...]:
        """The entries of one collection, in the order of the files."""
        return tuple(piece for piece in self.pieces if piece.collection == collection)


def load(directory: FilePath) -> Loaded:
    """Read a knowledge folder. Raises ContentError with every fault of every file."""
    faults: list[Diagnostic] = []
    pieces = tuple(piece for file, allowed in _files(directory, faults) for piece in _pieces(file, allowed, faults))
    if not faults and not any(piece.collection == "rules" for piece in pieces):
        faults.append(Diagnostic("no-rules", "the folder holds no rules", str(directory), 1, 1))
    if faults:
        raise ContentError(tuple(faults))
    grouped = {name: [piece for piece in pieces if piece.collection == name] for name in COLLECTIONS}
    document = {"format": FORMAT, **{name: [piece.data for piece in found] for name, found in grouped.items()}}
    knowledge = Knowledge.model_validate(
        {name: tuple(piece.model for piece in found) for name, found in grouped.items()}
    )
    return Loaded(document, knowledge, pieces)


def _files(directory: FilePath, faults: list[Diagnostic]) -> Iterator[tuple[YamlFile, tuple[str, ...]]]:
    for pattern, allowed in FILES.items():
        for path in sorted(directory.glob(pattern)):
            file, found = read_yaml(path, path.relative_to(directory).as_posix())
            faults.extend(found)
            yield file, allowed


def _pieces(file: YamlFile, allowed: tuple[str, ...], faults: list[Diagnostic]) -> Iterator[Piece]:
    for collection, path, data in entries(file, allowed, faults):
        try:
            model = adapter(_SHAPES[collection]).validate_python(data)
        except ValidationError as error:
            unread = Piece(collection, data, None, file, path)
            faults.extend(shape_faults(unread, error))
        else:
            yield Piece(collection, data, model, file, path)


def entries(
    file: YamlFile, allowed: tuple[str, ...], faults: list[Diagnostic]
) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """The entries of the lists a file holds, each merged with the file's defaults."""
    content = {} if file.data is None else file.data
    if not isinstance(content, dict):
        faults.append(file.fault("not-a-mapping", f"the file holds: {', '.join(allowed)}"))
        return
    defaults = content.get("defaults", {})
    for name, items in content.items():
        if name == "defaults" and isinstance(items, dict):
            continue
        if name not in allowed or not isinstance(items, list):
            faults.append(file.fault("unknown-section", f"the file holds lists called: {', '.join(allowed)}", (name,)))
            continue
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield name, (name, index), {**defaults, **item}
            else:
                faults.append(file.fault("not-a-mapping", f"an entry of {name} is a mapping", (name, index)))


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    """The validator of a shape, made once."""
    return TypeAdapter(shape)


def shape_faults(piece: Piece, error: ValidationError) -> Iterator[Diagnostic]:
    """What pydantic found, once for each place."""
    found = [(item, _path(item)) for item in error.errors(include_url=False)]
    specific = [path for item, path in found if item["type"] == "value_error"]
    for item, path in found:
        # An optional condition is tried as a condition and as null; only the first attempt says anything.
        if item["type"] == "none_required" and any(_within(other, item["loc"][:-1]) for other in specific):
            continue
        name = f"{piece.data.get('id', '?')}: "
        yield piece.fault(_code(item), name + _message(item), *path)


def _within(path: Path, start: Path) -> bool:
    return path[: len(start)] == start


def _path(item: ErrorDetails) -> Path:
    cause = item.get("ctx", {}).get("error")
    return (*item["loc"], *cause.path) if isinstance(cause, ConditionError) else item["loc"]


def _code(item: ErrorDetails) -> str:
    if isinstance(item.get("ctx", {}).get("error"), ConditionError):
        return "bad-condition"
    if item["type"] in {"missing", "too_short"} and "cite" in item["loc"]:
        return "uncited"
    if item["loc"] and item["loc"][-1] == "confidence" and item.get("input") == "uncertain":
        return "uncertain-statement"
    known = {"extra_forbidden": "unknown-field", "missing": "missing-field", "string_too_long": "text-too-long"}
    return known.get(item["type"], "bad-value")


def _message(item: ErrorDetails) -> str:
    place = ".".join(str(step) for step in item["loc"][-2:] if not str(step).startswith("function-"))
    return f"{place}: {item['msg'].removeprefix('Value error, ')}"
