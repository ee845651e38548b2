"""The statements behind a sentence as RelatedArtifacts: who said it, where to find it, and how sure it is."""

from collections.abc import Iterable

from app.clinical.ruleset import RuleSet
from app.clinical.sources import link, short
from app.fhir.names import Json, extension


def citations(rules: RuleSet, statement_ids: Iterable[str]) -> list[Json]:
    """One citation for each statement, in order. ``label`` is the statement's id, served at /v1/evidence/{id}."""
    return [_citation(rules, item) for item in dict.fromkeys(statement_ids)]


def _citation(rules: RuleSet, statement_id: str) -> Json:
    found = short(rules, statement_id)
    source = rules.sources[rules.statements[statement_id].source]
    year = f" ({found.year})" if found.year else ""
    kind = "working rule of this service" if found.working_rule else found.confidence
    return {
        "type": "citation",
        "label": statement_id,
        "display": f"{found.issuer}: {found.title}{year}",
        "citation": f"{found.issuer}. {found.title}{year}. Statement {statement_id}, {kind}.",
        "url": link(source) or found.url,
    }


def cited(rules: RuleSet, statement_ids: Iterable[str]) -> list[Json]:
    """The same, as extensions, for resources that have no place for citations of their own."""
    return [{"url": extension("citation"), "valueRelatedArtifact": item} for item in citations(rules, statement_ids)]
