"""The statements behind a sentence as RelatedArtifacts: who said it, where to find it, and how sure it is."""

from collections.abc import Iterable
from functools import partial

from app.clinical.lens import lens_of
from app.clinical.parts import EvidenceShort
from app.clinical.ruleset import RuleSet
from app.clinical.sources import link, short
from app.fhir.names import Json, Ready, extension


def citations(rules: RuleSet, statement_ids: Iterable[str]) -> list[Json]:
    """One citation for each statement, in order. ``label`` is the statement's id, served at /v1/evidence/{id}."""
    lens = lens_of(rules, None)
    return [
        lens.keep(("fhir", "citation", item), partial(_citation, rules, item)) for item in dict.fromkeys(statement_ids)
    ]


def _citation(rules: RuleSet, statement_id: str) -> Json:
    """``citation`` is there only where the statement is not a sourced fact that was verified in the primary text."""
    found = short(rules, statement_id)
    source = rules.sources[rules.statements[statement_id].source]
    year = f" ({found.year})" if found.year else ""
    made: Json = {
        "type": "citation",
        "label": statement_id,
        "display": f"{found.issuer}: {found.title}{year}",
        "citation": _reservation(found),
        "url": link(source) or found.url,
    }
    return Ready({name: value for name, value in made.items() if value})


def _reservation(found: EvidenceShort) -> str | None:
    if found.working_rule:
        return "A working rule or inference of this service, not a sourced fact."
    return None if found.confidence == "verified" else "The primary text is to be checked."


def cited(rules: RuleSet, statement_ids: Iterable[str]) -> list[Json]:
    """The same, as extensions, for resources that have no place for citations of their own."""
    return [{"url": extension("citation"), "valueRelatedArtifact": item} for item in citations(rules, statement_ids)]
