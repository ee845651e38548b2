"""Candidacy: one status table, read with what is known. What is unknown keeps its rows possible."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.clinical.candidacy_rules import Candidacy, Cell, Row
from app.clinical.content import Cited
from app.clinical.jurisdictions import ANYWHERE, column_of
from app.clinical.rules import Contraindication
from app.clinical.stances import Status
from app.logic.evaluator import Results
from app.logic.truth import Truth

NEGATIVE = frozenset({Status.CRITERIA_NOT_MET, Status.NOT_RECOMMENDED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, the sentence for it, what decided it, and what it can still become."""

    status: Status
    sentence: Cited
    decided_by: tuple[str, ...]
    decides: tuple[str, ...]
    possible: tuple[Status, ...]
    arises: Truth


def arises_key(table: Candidacy) -> str:
    return f"{table.id}/@arises"


def row_key(table: Candidacy, row: Row) -> str:
    return f"{table.id}/{row.id}"


def judge(
    table: Candidacy, jurisdiction: str | None, results: Results, contraindications: Iterable[Contraindication]
) -> Verdict:
    """The verdict of one table, CLINICAL_DECISIONS 0.5.

    An absolute contraindication dominates. A question that certainly does not arise, or may not arise, is answered
    before any row. Otherwise the status is what every row still possible agrees on; rows that differ only in how they
    say no give not_recommended; anything else is undetermined.
    """
    arises = results.truth(arises_key(table))
    for rule in contraindications:
        return Verdict(
            Status.CONTRAINDICATED,
            Cited(text=rule.text, cite=rule.cite),
            (rule.id,),
            rule.cite,
            (Status.CONTRAINDICATED,),
            arises,
        )
    if arises is Truth.FALSE:
        cell = table.does_not_arise
        return Verdict(cell.status, cell, (arises_key(table),), cell.decides, (cell.status,), arises)
    open_rows = possible_rows(table, column_of(table.columns, jurisdiction), results)
    certain = bool(open_rows) and results.truth(open_rows[-1][0]) is Truth.TRUE
    return _agree(table, open_rows, arises, certain=certain)


def possible_rows(table: Candidacy, column: str, results: Results) -> list[tuple[str, Cell]]:
    """Rows that can still be the first to hold, up to and including the first that certainly holds."""
    rows: list[tuple[str, Cell]] = []
    for row in table.rows:
        cell = row.cells.get(column) or row.cells.get(ANYWHERE)
        truth = results.truth(row_key(table, row))
        if cell is None or truth is Truth.FALSE:
            continue
        rows.append((row_key(table, row), cell))
        if truth is Truth.TRUE:
            break
    return rows


def _agree(table: Candidacy, rows: Sequence[tuple[str, Cell]], arises: Truth, *, certain: bool) -> Verdict:
    cells = [cell for _, cell in rows]
    keys = tuple(key for key, _ in rows)
    possible = tuple(dict.fromkeys(cell.status for cell in cells))
    if arises is Truth.UNKNOWN:
        possible = tuple(dict.fromkeys((table.does_not_arise.status, *possible)))
        return Verdict(Status.UNDETERMINED, table.undetermined, (arises_key(table), *keys), (), possible, arises)
    decides = tuple(dict.fromkeys(statement for cell in cells for statement in cell.decides))
    if certain and len(cells) == 1:
        return Verdict(possible[0], cells[0], keys, decides, possible, arises)
    if possible and NEGATIVE.issuperset(possible):
        agreed = possible[0] if len(possible) == 1 else Status.NOT_RECOMMENDED
        return Verdict(agreed, table.negative, keys, decides, possible, arises)
    # A status that lets IVIG be given is never reached while another row may still come first.
    return Verdict(Status.UNDETERMINED, table.undetermined, keys, (), possible or (Status.UNDETERMINED,), arises)
