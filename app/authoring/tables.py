"""Faults of status tables, and rules whose dates do not follow each other."""

from collections.abc import Iterator
from datetime import date

from app.authoring.loader import Loaded, Piece
from app.clinical.candidacy_rules import Candidacy
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.errors import Diagnostic

HEADLINE = 160


def table_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Every fault of a status table."""
    tables = [piece for piece in loaded.of("rules") if isinstance(piece.model, Candidacy)]
    for piece in tables:
        yield from _columns(piece, piece.model)
        yield from _rows(piece, piece.model)
        yield from _headlines(piece, piece.model)
    yield from _owners(tables)


def _columns(piece: Piece, table: Candidacy) -> Iterator[Diagnostic]:
    owner: dict[str, str] = {}
    for column, codes in table.columns.items():
        for index, code in enumerate(codes):
            if code in owner:
                message = f"{table.id}: `{code}` stands in the columns `{owner[code]}` and `{column}`"
                yield piece.fault("column-ambiguous", message, "columns", column, index)
            owner.setdefault(code, column)
    for needed, meaning in ((NONE_CHOSEN, "no jurisdiction chosen"), (ANYWHERE, "all other places")):
        if needed not in owner:
            yield piece.fault("column-missing", f"{table.id}: no column takes `{needed}` ({meaning})", "columns")


def _rows(piece: Piece, table: Candidacy) -> Iterator[Diagnostic]:
    served: set[str] = set()
    for index, row in enumerate(table.rows):
        for column in row.cells:
            if column not in table.columns and column != ANYWHERE:
                message = f"{table.id}/{row.id}: there is no column `{column}`"
                yield piece.fault("column-unknown", message, "rows", index, "cells", column)
        served |= table.columns.keys() if ANYWHERE in row.cells else row.cells.keys()
    for column in table.columns.keys() - served:
        yield piece.fault("column-empty", f"{table.id}: no row has a cell for `{column}`", "columns", column)


def _headlines(piece: Piece, table: Candidacy) -> Iterator[Diagnostic]:
    if len(table.does_not_arise.text) > HEADLINE:
        yield piece.fault("headline-too-long", _long(table.id, table.does_not_arise.text), "does_not_arise", "text")
    for index, row in enumerate(table.rows):
        for column, cell in row.cells.items():
            if len(cell.text) > HEADLINE:
                name = f"{table.id}/{row.id}/{column}"
                yield piece.fault("headline-too-long", _long(name, cell.text), "rows", index, "cells", column, "text")


def _long(name: str, text: str) -> str:
    return f"{name}: a headline has at most {HEADLINE} characters, this one has {len(text)}"


def _owners(tables: list[Piece]) -> Iterator[Diagnostic]:
    owner: dict[str, str] = {}
    for piece in tables:
        if not piece.model.applies_to:
            yield piece.fault("table-without-indication", f"{piece.model.id}: a table applies to an indication")
        for indication in piece.model.applies_to:
            if indication in owner:
                message = f"{piece.model.id}: `{indication}` already has the table `{owner[indication]}`"
                yield piece.fault("table-twice", message, "applies_to")
            owner.setdefault(indication, piece.model.id)


def date_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Rules whose dates cannot be."""
    for piece in loaded.of("rules"):
        if piece.model.reviewed_on > piece.model.review_by:
            yield piece.fault("dates-out-of-order", f"{piece.model.id}: review_by lies before reviewed_on", "review_by")


def overdue(loaded: Loaded, today: date) -> Iterator[Diagnostic]:
    """Rules due for review: still served, but their author must know."""
    for piece in loaded.of("rules"):
        if piece.model.review_by < today:
            yield piece.fault(
                "review-overdue", f"{piece.model.id}: was to be reviewed by {piece.model.review_by}", "review_by"
            )
