"""Faults of names: ids written twice, citations that lead nowhere, places that do not exist."""

import re
from collections.abc import Iterator
from typing import Any

from app.authoring.loader import Loaded, Piece
from app.authoring.yaml_source import Path
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.errors import Diagnostic

_CITING = frozenset({"cite", "decides"})
_PARTS = (
    ("factors", "mitigation", "monitoring"),
    ("removed_by",),
    ("rows",),
    ("questions",),
    ("domains",),
)
_CODE = re.compile(r"EU|[A-Z]{2}(-[A-Z0-9]{1,3})?")


def reference_faults(loaded: Loaded, others: tuple[Piece, ...] = ()) -> Iterator[Diagnostic]:
    """Every fault of this kind in the knowledge; ``others`` cite it without being part of it."""
    yield from _ids(loaded)
    yield from _questions(loaded)
    yield from _citations(loaded, others)
    yield from _sources(loaded)
    yield from _places(loaded)
    yield from _products(loaded)
    yield from _shown(loaded)


def _ids(loaded: Loaded) -> Iterator[Diagnostic]:
    for collection in (
        "rules",
        "parameters",
        "statements",
        "sources",
        "monograph",
        "products",
        "calculators",
        "transparency",
        "cards",
    ):
        yield from _repeated(((piece, (), piece.data) for piece in loaded.of(collection)), collection)
    yield from _repeated(
        ((piece, (), {"id": piece.model.code}) for piece in loaded.of("jurisdictions")), "jurisdictions"
    )
    for piece in loaded.of("rules"):
        for lists in _PARTS:
            parts = [(name, index, part) for name in lists for index, part in enumerate(piece.data.get(name, ()))]
            yield from _repeated(((piece, (name, index), part) for name, index, part in parts), piece.data["id"])
        for d, domain in enumerate(piece.data.get("domains", ())):
            items = [(piece, ("domains", d, "items", i), item) for i, item in enumerate(domain["items"])]
            yield from _repeated(iter(items), piece.data["id"])


def _repeated(found: Iterator[tuple[Piece, Path, dict[str, Any]]], where: str) -> Iterator[Diagnostic]:
    seen: dict[str, Piece] = {}
    for piece, path, data in found:
        name = data["id"]
        if name in seen:
            yield piece.fault(
                "duplicate-id", f"{where}: `{name}` is already used in {seen[name].file.name}", *path, "id"
            )
        seen.setdefault(name, piece)


def _questions(loaded: Loaded) -> Iterator[Diagnostic]:
    """One question id means one question, in whichever list it stands."""
    seen: dict[str, Any] = {}
    for piece in loaded.of("rules"):
        for index, question in enumerate(piece.data.get("questions", ())):
            if seen.setdefault(question["id"], question) != question:
                yield piece.fault(
                    "ask-id-reused", f"`{question['id']}` asks something else in another list", "questions", index, "id"
                )


def _citations(loaded: Loaded, others: tuple[Piece, ...]) -> Iterator[Diagnostic]:
    known = {statement.id for statement in loaded.knowledge.statements}
    for piece in (*loaded.pieces, *others):
        for path, statement in cited(piece.data):
            if statement not in known:
                yield piece.fault("unknown-statement", f"{_name(piece)}: there is no statement `{statement}`", *path)


def cited(part: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every statement id that an entry cites, with its place inside the entry."""
    match part:
        case dict():
            for key, value in part.items():
                if key in _CITING and isinstance(value, list):
                    yield from (((*path, key, index), statement) for index, statement in enumerate(value))
                else:
                    yield from cited(value, (*path, key))
        case list():
            for index, item in enumerate(part):
                yield from cited(item, (*path, index))
        case _:
            pass


PRINTED = frozenset({"derived", "reference"})
"""A working rule of this service has no address, and a printed handbook is found by its title."""


def _sources(loaded: Loaded) -> Iterator[Diagnostic]:
    """A statement leads to a source, and from there, or by itself, to a DOI, a PMID or an address."""
    known = {source.id: source for source in loaded.knowledge.sources}
    for piece in loaded.of("statements"):
        statement = piece.model
        source = known.get(statement.source)
        if source is None:
            yield piece.fault("unknown-source", f"{statement.id}: there is no source `{statement.source}`", "source")
        elif not (statement.seen_at or source.doi or source.pmid or source.url or source.kind in PRINTED):
            yield piece.fault(
                "unreachable-source", f"{statement.id}: neither it nor its source has a DOI, PMID or address", "source"
            )


def _places(loaded: Loaded) -> Iterator[Diagnostic]:
    known = {item.code for item in loaded.knowledge.jurisdictions}
    for piece in loaded.of("rules"):
        for path, code in _codes(piece.data):
            plain = code.removeprefix("!")
            if plain in {ANYWHERE, NONE_CHOSEN}:
                continue
            if plain not in known or not _CODE.fullmatch(plain):
                yield piece.fault(
                    "unknown-jurisdiction", f"{_name(piece)}: jurisdictions.yaml does not list `{plain}`", *path
                )


def _shown(loaded: Loaded) -> Iterator[Diagnostic]:
    """A classification shows rules and scores that exist, and is decided by criteria that it shows."""
    kinds = {rule.id: rule.kind for rule in loaded.knowledge.rules}
    for piece in loaded.of("calculators"):
        for name, kind in (("criteria", "criterion"), ("scores", "score")):
            for index, rule in enumerate(getattr(piece.model, name)):
                if kinds.get(rule) != kind:
                    yield piece.fault("unknown-rule", f"{_name(piece)}: there is no {kind} `{rule}`", name, index)
        for index, rule in enumerate(piece.model.verdicts):
            if rule not in piece.model.criteria:
                yield piece.fault("unknown-rule", f"{_name(piece)}: `{rule}` is not in criteria", "verdicts", index)


def _codes(rule: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for index, code in enumerate(rule.get("jurisdictions", ())):
        yield ("jurisdictions", index), code
    for column, codes in rule.get("columns", {}).items():
        for index, code in enumerate(codes):
            yield ("columns", column, index), code


def _products(loaded: Loaded) -> Iterator[Diagnostic]:
    """Rules about a product that the table does not have."""
    known = {item.id for item in loaded.knowledge.products}
    for piece in loaded.of("rules"):
        for index, product in enumerate(piece.data.get("concerns", {}).get("products", ())):
            if product not in known:
                message = f"{_name(piece)}: products.yaml does not list `{product}`"
                yield piece.fault("unknown-product", message, "concerns", "products", index)


def _name(piece: Piece) -> str:
    return str(piece.data.get("id") or piece.data.get("code"))
