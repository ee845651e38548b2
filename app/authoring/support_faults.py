"""Faults between the parts: a stance its citation does not carry, statements that nothing cites, facts that nothing reads."""

import re
from collections import Counter
from collections.abc import Iterator

from app.authoring import cases as reviewed
from app.authoring.cases import Cases
from app.authoring.loader import Loaded, Piece
from app.authoring.logic_faults import derivation_constants
from app.authoring.patients import plain
from app.authoring.references import cited
from app.clinical.catalogue import specifications
from app.clinical.conditions_of import conditions_of
from app.clinical.moments import anchors
from app.clinical.references import Statement
from app.clinical.rules import Position
from app.errors import Diagnostic
from app.logic.conditions import facts_of

FOR = frozenset({"recommends", "suggests", "may-consider"})
AGAINST = frozenset({"suggests-against", "recommends-against"})
_ABOUT_IVIG = re.compile(r"\bIVIG\b|intravenous immun", re.IGNORECASE)
DECLARED_AND_READ = 2
LISTED = frozenset({"condition", "medication", "allergy", "investigation", "lab", "immunisation"})


def stance_faults(loaded: Loaded, cases: Cases) -> Iterator[Diagnostic]:
    """Positions whose every statement on IVIG points the other way, each with a reviewed patient to whom it would be said.

    A finding points nowhere.
    """
    known = {item.id: item for item in loaded.knowledge.statements}
    for piece in loaded.of("rules"):
        if not isinstance(piece.model, Position):
            continue
        about = [
            known[name] for name in piece.model.cite if name in known and _ABOUT_IVIG.search(known[name].intervention)
        ]
        pointing = {_side(item) for item in about} - {None}
        mine = _direction(piece.model.stance.value)
        if mine is not None and pointing and mine not in pointing:
            said = ", ".join(f"{item.id} ({item.stance})" for item in about)
            yield piece.fault(
                "stance-disagrees",
                f"{piece.model.id}: {piece.model.stance.value} is not what is cited: {said}{_said_to(piece, cases)}",
                "stance",
            )


def _said_to(position: Piece, cases: Cases) -> str:
    mine = (case.model for case in cases.rules if case.model.rule == position.model.id and case.model.expect is True)
    case = next(mine, None)
    return "" if case is None else f"; patient: {plain(reviewed.facts_of(case.facts))}"


def _side(statement: Statement) -> str | None:
    return _direction(statement.stance)


def _direction(stance: str) -> str | None:
    if stance in FOR:
        return "for"
    return "against" if stance in AGAINST else None


def unused_statements(loaded: Loaded, others: tuple[Piece, ...] = ()) -> Iterator[Diagnostic]:
    """Statements that no sentence cites: warnings, for evidence may be gathered before a rule needs it."""
    used = {name for piece in (*loaded.pieces, *others) for _, name in cited(piece.data)}
    for piece in loaded.of("statements"):
        if piece.model.id not in used:
            yield piece.fault("unused-statement", f"nothing cites `{piece.model.id}`", "id")


def dead_facts(loaded: Loaded, cases: Cases) -> Iterator[Diagnostic]:
    """Facts that no rule, question, check or case reads, and no derivation names beside the one that makes it: warnings.

    What a request may list (conditions, tests and so on) is understood whether or not a rule reads it, and elapsed times
    are there for windows to count from; neither is dead.
    """
    named = Counter(derivation_constants())
    read = {fact for condition in conditions_of(loaded.knowledge.rules).values() for fact in facts_of(condition)}
    read |= {fact for piece in loaded.of("rules") for fact in _asked(piece)}
    read |= {fact for piece in (*cases.rules, *cases.scores) for fact in piece.model.facts}
    for fact in specifications():
        uses = max(named[fact], named[fact.rpartition(".")[2]])
        listed = fact.partition(".")[0] in LISTED or fact in anchors()
        if named and not listed and fact not in read and uses < DECLARED_AND_READ:
            yield Diagnostic("dead-fact", f"nothing reads the fact `{fact}`", "facts", 1, 1)


def _asked(piece: Piece) -> Iterator[str]:
    for question in piece.data.get("questions", ()):
        yield from question["facts"]
    yield from piece.data.get("on_file", ())
    if "since" in piece.data:
        yield piece.data["since"]
