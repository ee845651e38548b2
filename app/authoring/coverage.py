"""Faults of cases: rules without a TRUE, a FALSE and an UNKNOWN one, and cases about nothing."""

from collections import defaultdict
from collections.abc import Iterator

from app.authoring.cases import Cases, Given, truth_of
from app.authoring.loader import Loaded, Piece
from app.authoring.logic_faults import condition_places
from app.clinical.candidacy_rules import Candidacy
from app.clinical.conditions_of import conditions_of, scores_of
from app.clinical.ruleset import signatures
from app.errors import Diagnostic
from app.logic.truth import Truth


def coverage_faults(loaded: Loaded, cases: Cases) -> Iterator[Diagnostic]:
    """Every rule with a condition, and every row of a table, needs a case for each truth it can take."""
    seen: dict[str, set[Truth]] = defaultdict(set)
    for piece in cases.rules:
        seen[piece.model.rule].add(truth_of(piece.model.expect))
    places = {key: place for piece in loaded.of("rules") for key, place in condition_places(piece)}
    for key in _needed(loaded):
        lacking = [truth.value for truth in Truth if truth not in seen[key]]
        if lacking:
            piece, path = places[key]
            yield piece.fault("missing-case", f"{key}: no case expects {', '.join(lacking)}", *path)


def _needed(loaded: Loaded) -> Iterator[str]:
    for rule in loaded.knowledge.rules:
        if getattr(rule, "when", None) is not None:
            yield rule.id
        if isinstance(rule, Candidacy):
            yield from (f"{rule.id}/{row.id}" for row in rule.rows)


def case_faults(loaded: Loaded, cases: Cases) -> Iterator[Diagnostic]:
    """Cases that name no condition, no score, no fact, or a value that the fact cannot have."""
    conditions, scores = conditions_of(loaded.knowledge.rules), scores_of(loaded.knowledge.rules)
    for piece in cases.rules:
        if piece.model.rule not in conditions:
            yield piece.fault("case-unknown-rule", f"there is no condition `{piece.model.rule}`", "rule")
    for piece in cases.scores:
        if piece.model.score not in scores:
            yield piece.fault("case-unknown-score", f"there is no score `{piece.model.score}`", "score")
    for piece in (*cases.rules, *cases.scores):
        yield from _given(piece, piece.model.facts)
    yield from _patients(loaded, cases)


def _given(piece: Piece, facts: Given) -> Iterator[Diagnostic]:
    known = signatures()
    for name, value in facts.items():
        if name not in known:
            yield piece.fault("case-unknown-fact", f"there is no fact `{name}`", "facts", name)
        elif not _fits(value, known[name].type):
            yield piece.fault("case-wrong-type", f"`{name}` is a {known[name].type}", "facts", name)
        elif isinstance(value, str) and value not in (known[name].values or {value}):
            yield piece.fault("case-wrong-code", f"`{name}` cannot be `{value}`", "facts", name)


def _fits(value: object, fact_type: str) -> bool:
    if isinstance(value, bool):
        return fact_type == "boolean"
    if isinstance(value, str):
        return fact_type == "code"
    return fact_type == "number"


def _patients(loaded: Loaded, cases: Cases) -> Iterator[Diagnostic]:
    shown = _ids(loaded)
    products = {item.id for item in loaded.knowledge.products}
    seen: dict[str, Piece] = {}
    for piece in cases.patients:
        case = piece.model
        if case.id in seen:
            yield piece.fault("duplicate-id", f"the case `{case.id}` is already in {seen[case.id].file.name}", "id")
        seen.setdefault(case.id, piece)
        expected = case.expect
        lists = ("contraindications", "risks", "alternatives", "notes", "protocols", "absent")
        named = [(name, index, item) for name in lists for index, item in enumerate(getattr(expected, name))]
        named += [("missing", index, item) for index, item in enumerate(expected.missing)]
        named += [(name, key, key) for name in ("criteria", "scores") for key in getattr(expected, name)]
        named += [("products", key, key) for key in expected.products if key not in products]
        for name, place, item in named:
            if item not in shown:
                yield piece.fault("case-unknown-id", f"{case.id}: nothing is called `{item}`", "expect", name, place)


def _ids(loaded: Loaded) -> set[str]:
    """Everything that an answer can show by id: rules, table sentences, and questions listed or made from a fact."""
    rules = loaded.knowledge.rules
    found = {rule.id for rule in rules}
    found |= {f"{rule.id}-no-national-position" for rule in rules if isinstance(rule, Candidacy)}
    found |= {question["id"] for piece in loaded.of("rules") for question in piece.data.get("questions", ())}
    return found | {name.replace(".", "-").replace("_", "-") for name in signatures()}
