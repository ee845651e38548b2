"""Reviewed cases, run: what the rule set answers must be what the reviewer wrote beside it."""

from collections.abc import Iterator
from datetime import date

from app.authoring.cases import Cases, Expectation, PatientCase, facts_of, history_of, truth_of
from app.authoring.loader import Piece
from app.authoring.patients import plain
from app.clinical.assessment import Assessment
from app.clinical.funding import funding
from app.clinical.jurisdictions import NONE_CHOSEN
from app.clinical.product_choice import choose
from app.clinical.ruleset import RuleSet
from app.errors import Diagnostic
from app.logic.evaluator import Results
from app.services.assess import assess
from app.services.verdicts import facts_for, statuses

SHOWN = ("contraindications", "risks", "alternatives", "notes", "protocols", "missing")


def case_failures(rules: RuleSet, cases: Cases, today: date) -> Iterator[Diagnostic]:
    """Every case that the rule set answers otherwise, at the place where the case is written."""
    for piece in cases.rules:
        found = rules.program.evaluate(facts_of(piece.model.facts)).truth(piece.model.rule)
        if found is not truth_of(piece.model.expect):
            wanted = truth_of(piece.model.expect).value
            message = (
                f"{piece.model.rule}: {found.value}, expected {wanted}; patient: {plain(facts_of(piece.model.facts))}"
            )
            yield piece.fault("case-failed", message, "expect")
    for piece in cases.scores:
        points = rules.program.evaluate(facts_of(piece.model.facts)).score(piece.model.score)
        if (points.low, points.high) != (piece.model.expect.minimum, piece.model.expect.maximum):
            yield piece.fault("case-failed", f"{piece.model.score}: {points.low} to {points.high}", "expect")
    for piece in cases.patients:
        yield from _patient(rules, piece, today)


def _patient(rules: RuleSet, piece: Piece, today: date) -> Iterator[Diagnostic]:
    case: PatientCase = piece.model
    places = sorted({place for cells in case.expect.candidacy.values() for place in cells}) or [NONE_CHOSEN]
    wrong = [*_statuses(rules, case), *_truths(rules, case)]
    if case.expect.absent or any(getattr(case.expect, kind) for kind in SHOWN):
        answers = [assess(rules, history_of(case, _code(place)), today, "none") for place in places]
        wrong += _lists(case.expect, answers)
    for message in wrong:
        yield piece.fault("case-failed", f"{case.id}: {message}", "expect")


def _code(place: str) -> str | None:
    return None if place == NONE_CHOSEN else place


def _statuses(rules: RuleSet, case: PatientCase) -> Iterator[str]:
    places = {place for cells in case.expect.candidacy.values() for place in cells}
    for place in sorted(places):
        results = rules.program.evaluate(facts_for(rules, history_of(case, _code(place))))
        found = dict(statuses(rules, results, _code(place)))
        for indication, cells in case.expect.candidacy.items():
            if place in cells and found.get(indication) is not cells[place]:
                status = found[indication].value if indication in found else "not assessed"
                yield f"{indication.value} in {place} is {status}, expected {cells[place].value}"


def _truths(rules: RuleSet, case: PatientCase) -> Iterator[str]:
    expect = case.expect
    if not (expect.criteria or expect.scores or expect.funding or expect.products):
        return
    history = history_of(case)
    results = rules.program.evaluate(facts_for(rules, history))
    for name, expected in expect.criteria.items():
        if results.truth(name) is not truth_of(expected):
            yield f"{name} is {results.truth(name).value}, expected {truth_of(expected).value}"
    for name, points in expect.scores.items():
        found = results.score(name)
        if (found.low, found.high) != tuple(points):
            yield f"{name} is {found.low} to {found.high}, expected {points[0]} to {points[1]}"
    yield from _choices(rules, expect, results, history.jurisdiction)


def _choices(rules: RuleSet, expect: Expectation, results: Results, place: str | None) -> Iterator[str]:
    for indication, cells in expect.funding.items():
        for code, status in cells.items():
            found = funding(rules, results, _code(code), indication)
            if found is None or found.status is not status:
                yield f"funding of {indication.value} in {code} is not {status.value}"
    choice = choose(rules, results, place) if expect.products else None
    for product, wanted in expect.products.items():
        found_product = choice.of(product) if choice is not None else None
        if found_product is None or found_product.suitability != wanted:
            yield f"{product} is not {wanted}"


def _lists(expect: Expectation, answers: list[Assessment]) -> Iterator[str]:
    """What a case lists is shown in at least one of its places, what it calls absent in none."""
    shown = [shown_by(answer) for answer in answers]
    for kind in SHOWN:
        held = set().union(*(item[kind] | item["checks"] for item in shown))
        yield from (f"{name} is not shown" for name in getattr(expect, kind) if name not in held)
    anything = set().union(*(ids for item in shown for ids in item.values()))
    yield from (f"{name} is shown" for name in expect.absent if name in anything)


def shown_by(answer: Assessment) -> dict[str, set[str]]:
    """The ids an answer shows as holding, by kind. An alternative that is removed is still shown, with its reason."""
    return {
        "contraindications": {item.id for item in answer.contraindications if item.present == "true"},
        "risks": {item.id for item in answer.risks if item.factor_present == "true"},
        "alternatives": {item.id for item in answer.alternatives},
        "checks": {item.id for item in (*answer.workup, *answer.monitoring)},
        "notes": {note.id for notes in (answer.notes, *(item.notes for item in answer.candidacy)) for note in notes},
        "protocols": {item.id for entry in answer.candidacy for item in entry.protocol},
        "missing": {item.id for item in answer.missing},
    }
