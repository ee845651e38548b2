"""Proofs about verdicts: dominance of contraindications, no gap, one status only, and no flip of a settled status."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.authoring import proof_model
from app.authoring.patients import plain
from app.authoring.proof_model import Both, Patient, Prover
from app.authoring.proofs import Failure, Proof, Subject, learned
from app.clinical.candidacy import NEGATIVE, Verdict, arises_key, judge, row_key
from app.clinical.candidacy_rules import Candidacy
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN, column_of
from app.clinical.lens import Lens
from app.clinical.rules import Contraindication
from app.clinical.stances import Status
from app.clinical.verdicts import absolute_contraindications
from app.errors import RuleSetError
from app.logic.evaluator import Results
from app.logic.truth import Truth

Formula = Any
Judge = Callable[[Lens, Candidacy, Results], Verdict]


def own_judge(lens: Lens, table: Candidacy, results: Results) -> Verdict:
    """The service's own reading of a table."""
    return judge(table, lens.jurisdiction, results, absolute_contraindications(lens, results))


@dataclass(frozen=True, slots=True)
class Column:
    """One table as one group of places sees it: its rows with a cell there, and the absolute contraindications that hold."""

    table: Candidacy
    name: str
    lens: Lens
    rows: tuple[tuple[str, Status], ...]
    absolute: tuple[Contraindication, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return (arises_key(self.table), *(key for key, _ in self.rows))


def columns(subject: Subject) -> Iterator[Column]:
    """Every column of every table, once for each set of contraindications that holds in one of its places."""
    seen: set[object] = set()
    for table in subject.rules.of(Candidacy):
        for lens in subject.lenses:
            name = column_of(table.columns, lens.jurisdiction)
            absolute = tuple(rule for rule in lens.all_here(Contraindication) if rule.level == "absolute")
            key = (table.id, name, tuple(rule.id for rule in absolute))
            if key in seen:
                continue
            seen.add(key)
            cells = ((row_key(table, row), row.cells.get(name) or row.cells.get(ANYWHERE)) for row in table.rows)
            rows = tuple((row, cell.status) for row, cell in cells if cell is not None)
            yield Column(table, name, lens, rows, absolute)


def contraindications_dominate(subject: Subject, judged: Judge = own_judge) -> Proof:
    """With an absolute contraindication no table says anything else, whichever row holds, in any place."""
    patient, prover = subject.whole
    failures: list[Failure] = []
    checked = 0
    for column in columns(subject):
        if not column.absolute:
            place = column.lens.jurisdiction or "no place chosen"
            failures.append(Failure(column.table.id, f"no absolute contraindication reaches {place}"))
        for rule in column.absolute:
            for first in (arises_key(column.table), *(key for key, _ in column.rows)):
                for wanted in (patient.rule(first).certain, proof_model.z3.Not(patient.rule(first).possible)):
                    model = prover.find(patient.rule(rule.id).certain, wanted)
                    if model is None:
                        continue
                    checked += 1
                    facts = subject.shown(patient, model, rule.id, expect=Truth.TRUE)
                    facts |= subject.shown(patient, model, *column.keys)
                    status = judged(column.lens, column.table, subject.rules.program.evaluate(facts)).status
                    if status is not Status.CONTRAINDICATED:
                        message = f"{status.value} in the column `{column.name}` of {column.table.id}, at {first}"
                        failures.append(Failure(rule.id, message, facts))
    return Proof(
        "contraindications-dominate", "an absolute contraindication dominates every verdict", checked, tuple(failures)
    )


def no_gap(subject: Subject) -> Proof:
    """A patient of whom all is known, and for whom the question arises, meets a row of each column; one column a place."""
    patient, prover = subject.complete
    failures = list(_places(subject))
    listed = {(column.table.id, column.name): column for column in columns(subject)}
    for column in listed.values():
        rows = [proof_model.z3.Not(patient.rule(key).certain) for key, _ in column.rows]
        beyond = subject.beyond("no-gap", column.table.id, patient)
        model = prover.find(patient.rule(column.keys[0]).certain, *rows, *beyond)
        if model is not None:
            message = f"no row of the column `{column.name}` gives a status to this complete patient"
            facts = subject.shown(patient, model, *column.keys)
            _agrees(subject, column, facts)
            failures.append(Failure(column.table.id, message, facts))
    return Proof("no-gap", "every complete patient gets one status in every column", len(listed), tuple(failures))


def _agrees(subject: Subject, column: Column, facts: Any) -> None:
    status = own_judge(column.lens, column.table, subject.rules.program.evaluate(facts)).status
    if status not in {Status.UNDETERMINED, Status.CONTRAINDICATED}:
        raise RuleSetError(f"the formulas differ from the verdict of {column.table.id}")


def _places(subject: Subject) -> Iterator[Failure]:
    """Each place falls to one column of each table, and only one; each indication to one table, and only one."""
    owners: dict[object, str] = {}
    for table in subject.rules.of(Candidacy):
        for indication in table.applies_to:
            if owners.setdefault(indication, table.id) != table.id:
                yield Failure(table.id, f"{indication.value} has a status from {owners[indication]} too")
        codes = [code for listed in table.columns.values() for code in listed]
        for code in sorted({*codes, NONE_CHOSEN, ANYWHERE}):
            if codes.count(code) != 1:
                yield Failure(table.id, f"`{code}` stands in {codes.count(code)} columns, not in one")


Reading = Callable[[Column, Patient], dict[Status, Formula]]


def settled_status(column: Column, patient: Patient) -> dict[Status, Formula]:
    """Where each status is settled, absolute contraindications apart: the reading of ``candidacy.judge`` as formulas."""
    z3 = proof_model.z3
    arises, rows = patient.rule(column.keys[0]), [(patient.rule(key), status) for key, status in column.rows]
    seen = [_reached(rows, place) for place in range(len(rows))]
    any_open = z3.Or(*seen)
    statuses = list(dict.fromkeys(status for _, status in rows))
    found: dict[Status, Formula] = {status: _first(rows, seen, status) for status in statuses}
    all_no = z3.And(
        any_open, *(z3.Not(row) for row, (_, status) in zip(seen, rows, strict=True) if status not in NEGATIVE)
    )
    for status in NEGATIVE:
        other = z3.Or(*(row for row, (_, own) in zip(seen, rows, strict=True) if own is not status))
        found[status] = z3.Or(found.get(status, z3.BoolVal(val=False)), z3.And(all_no, z3.Not(other)))
    mixed = z3.And(
        all_no,
        *(z3.Or(*(row for row, (_, own) in zip(seen, rows, strict=True) if own is status)) for status in NEGATIVE),
    )
    found[Status.NOT_RECOMMENDED] = z3.Or(found[Status.NOT_RECOMMENDED], mixed)
    found = {status: z3.And(arises.certain, formula) for status, formula in found.items()}
    silent = column.table.does_not_arise.status
    found[silent] = z3.Or(found.get(silent, z3.BoolVal(val=False)), z3.Not(arises.possible))
    found.pop(Status.UNDETERMINED, None)
    return found


def _reached(rows: Sequence[tuple[Both, Status]], place: int) -> Formula:
    """The row can still be the first to hold."""
    z3 = proof_model.z3
    return z3.And(rows[place][0].possible, *(z3.Not(row.certain) for row, _ in rows[:place]))


def _first(rows: Sequence[tuple[Both, Status]], seen: Sequence[Formula], status: Status) -> Formula:
    """A row of this status certainly holds, and no other can come before it."""
    z3 = proof_model.z3
    alone = (
        z3.And(seen[place], row.certain, *(z3.Not(other) for other in seen[:place]))
        for place, (row, own) in enumerate(rows)
        if own is status
    )
    return z3.Or(*alone)


def verdicts_only_settle(subject: Subject, reading: Reading = settled_status) -> Proof:
    """A settled status stays, whatever else becomes known; only one way of saying no may become the other."""
    before, _ = subject.partial
    after = Patient(subject.rules.program, subject.ranges, whole=False, name="later:")
    prover = Prover(before, after)
    prover.add(*learned(before, after))
    failures: list[Failure] = []
    listed = {(column.table.id, column.name): column for column in columns(subject)}
    for column in listed.values():
        failures += _flipped(subject, column, reading, (before, after), prover)
    return Proof("verdicts-only-settle", "more knowledge never flips a settled verdict", len(listed), tuple(failures))


def _flipped(
    subject: Subject, column: Column, reading: Reading, patients: tuple[Patient, Patient], prover: Prover
) -> Iterator[Failure]:
    z3 = proof_model.z3
    before, after = patients
    old, new = reading(column, before), reading(column, after)
    for status, settled in old.items():
        kept = [new[status]]
        if status is Status.NOT_RECOMMENDED:
            # Both say no; which of the two was still open when it was said.
            kept.append(new[Status.CRITERIA_NOT_MET])
        beyond = subject.beyond("verdicts-only-settle", column.table.id, after)
        model = prover.find(settled, z3.Not(z3.Or(*kept)), *beyond)
        if model is not None:
            then = plain(subject.shown(after, model, *column.keys))
            message = f"{status.value} in the column `{column.name}`, and not so once more is known ({then})"
            yield Failure(column.table.id, message, subject.shown(before, model, *column.keys))
