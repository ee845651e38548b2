"""The verdict of every status table for one patient, what an undecided one waits for, and when it is settled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.clinical.candidacy import Verdict, arises_key, judge
from app.clinical.candidacy_rules import Candidacy
from app.clinical.history import Indication
from app.clinical.lens import Lens
from app.clinical.rules import Contraindication
from app.clinical.stances import Status
from app.logic.evaluator import Results
from app.logic.truth import Truth

PLACE = "care.jurisdiction"


@dataclass(frozen=True, slots=True)
class Judged:
    """One indication's table and its verdict; ``shown`` in full where the question arises or was asked."""

    indication: Indication
    table: Candidacy
    verdict: Verdict
    shown: bool


def verdicts(lens: Lens, results: Results, asked: Iterable[Indication] | None) -> Iterator[Judged]:
    """The verdict of each indication asked for; all where none is named."""
    absolute = absolute_contraindications(lens, results)
    for table in lens.rules.of(Candidacy):
        wanted = [item for item in table.applies_to if asked is None or item in asked]
        if not wanted:
            continue
        verdict = _kept(lens, table, results, absolute)
        for indication in wanted:
            shown = asked is not None or verdict.arises is Truth.TRUE
            if shown or table.unprompted:
                yield Judged(indication, table, verdict, shown)


def _kept(lens: Lens, table: Candidacy, results: Results, absolute: tuple[Contraindication, ...]) -> Verdict:
    """A verdict rests on how the table's own conditions came out and on the first contraindication: made once for each such outcome."""
    key = ("verdict", table.id, lens.outcome(table.id)(results), absolute[0].id if absolute else None)
    return lens.keep(key, lambda: judge(table, lens.jurisdiction, results, absolute))


def absolute_contraindications(lens: Lens, results: Results) -> tuple[Contraindication, ...]:
    """Those that certainly hold for this patient in this place."""
    return tuple(
        rule
        for rule in lens.all_here(Contraindication)
        if rule.level == "absolute" and results.truth(rule.id) is Truth.TRUE
    )


def waits_for(table: Candidacy, verdict: Verdict, results: Results) -> tuple[str, ...]:
    """The facts that keep a verdict undecided: those of whether it arises, before those of its rows."""
    if verdict.arises is not Truth.TRUE:
        return results.missing(arises_key(table))
    if verdict.status is not Status.UNDETERMINED:
        return ()
    return tuple(dict.fromkeys(item for key in verdict.decided_by for item in results.missing(key)))


def open_facts(verdict: Verdict, results: Results) -> tuple[str, ...]:
    """Every fact that can still bear on an undecided verdict, those of its rows included; none when it is settled.

    No other fact can change the truth of a condition that the verdict rests on: it lies behind conditions already settled.
    """
    if verdict.status is not Status.UNDETERMINED:
        return ()
    return tuple(dict.fromkeys(item for key in verdict.decided_by for item in results.missing(key)))


def is_settled(verdict: Verdict, results: Results) -> bool:
    """Whether no missing fact bears on the verdict any more: ``open_facts`` is empty, told without gathering them."""
    if verdict.status is not Status.UNDETERMINED:
        return True
    return all(results.truth(key) is not Truth.UNKNOWN for key in verdict.decided_by)
