"""Faults of funding rules: two that speak at once, places nobody speaks for, criteria that are not there."""

from collections.abc import Iterator

from app.authoring.loader import Loaded, Piece
from app.clinical.candidacy_rules import Funding
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.clinical.rules import Criterion, Note
from app.errors import Diagnostic


def funding_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Every fault of the funding rules; a folder without any has none."""
    found = [piece for piece in loaded.of("rules") if isinstance(piece.model, Funding)]
    kinds = {rule.id: type(rule) for rule in loaded.knowledge.rules}
    for piece in found:
        yield from _names(piece, piece.model, kinds)
    yield from _twice(found)
    if found:
        yield from _silent(found)


def _names(piece: Piece, rule: Funding, kinds: dict[str, type]) -> Iterator[Diagnostic]:
    for name, wanted in (("criteria", Criterion), ("not_included", Note)):
        for index, item in enumerate(getattr(rule, name)):
            if kinds.get(item) is not wanted:
                message = f"{rule.id}: `{item}` is no {wanted.__name__.lower()}"
                yield piece.fault("funding-criterion", message, name, index)
    if bool(rule.criteria) != (rule.not_met is not None):
        yield piece.fault("funding-not-met", f"{rule.id}: `criteria` and `not_met` come together")
    for index, code in enumerate(rule.jurisdictions):
        if code.startswith("!"):
            message = f"{rule.id}: the nearest place speaks, so none is left out"
            yield piece.fault("funding-exclusion", message, "jurisdictions", index)


def _twice(found: list[Piece]) -> Iterator[Diagnostic]:
    owner: dict[tuple[str, str], str] = {}
    for piece in found:
        rule = piece.model
        if rule.when is not None:
            continue
        for place in rule.jurisdictions:
            for indication in rule.applies_to or ("all others",):
                if (place, indication) in owner:
                    message = f"{rule.id}: `{owner[place, indication]}` already speaks for {indication} in `{place}`"
                    yield piece.fault("funding-ambiguous", message)
                owner.setdefault((place, indication), rule.id)


def _silent(found: list[Piece]) -> Iterator[Diagnostic]:
    """Every place and every indication gets a sentence, if only that nothing is held."""
    general = {
        code
        for piece in found
        if not piece.model.applies_to and piece.model.when is None
        for code in piece.model.jurisdictions
    }
    for needed, meaning in ((ANYWHERE, "all other places"), (NONE_CHOSEN, "no jurisdiction chosen")):
        if needed not in general:
            message = f"no funding rule for all indications speaks for `{needed}` ({meaning})"
            yield found[0].fault("funding-silent", message)
