"""The statements an answer cites, grouped by their source."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from app.clinical.assessment import CitedSource
from app.clinical.lens import Lens
from app.clinical.parts import EvidenceShort
from app.clinical.references import Source, Statement
from app.clinical.ruleset import RuleSet


def cited(part: Any) -> Iterator[str]:
    """Statement ids in the order in which a finding and its parts cite them."""
    if isinstance(part, tuple):
        for member in part:
            yield from cited(member)
    elif is_dataclass(part) and not isinstance(part, type):
        yield from getattr(part, "evidence", ())
        for name in _parts(type(part)):
            yield from cited(getattr(part, name))


@cache
def _parts(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name != "evidence")


def sources(lens: Lens, statement_ids: Iterable[str]) -> tuple[CitedSource, ...]:
    """The sources of these statements, each with its statements, in the order in which they are first cited."""
    rules = lens.rules
    by_source: dict[str, list[str]] = {}
    for item in dict.fromkeys(statement_ids):
        by_source.setdefault(rules.statements[item].source, []).append(item)
    return tuple(_kept(lens, name, tuple(found)) for name, found in by_source.items())


def _kept(lens: Lens, source_id: str, ids: tuple[str, ...]) -> CitedSource:
    return lens.keep(("source", ids), lambda: _source(lens.rules, source_id, ids))


def _source(rules: RuleSet, source_id: str, ids: tuple[str, ...]) -> CitedSource:
    source = rules.sources[source_id]
    statements = [rules.statements[item] for item in ids]
    return CitedSource(
        source.id,
        source.issuer,
        source.title,
        source.year,
        link(source),
        ids,
        tuple(item.id for item in statements if item.confidence == "likely"),
        tuple(item.id for item in statements if _working_rule(source, item)),
    )


def link(source: Source) -> str | None:
    """One address at which the source is found."""
    if source.doi:
        return f"https://doi.org/{source.doi}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/" if source.pmid else source.url


def _working_rule(source: Source, statement: Statement) -> bool:
    return statement.inference or source.kind == "derived"


def short(rules: RuleSet, statement_id: str) -> EvidenceShort:
    """A statement and its source in one line."""
    found = rules.statements[statement_id]
    source = rules.sources[found.source]
    return EvidenceShort(
        found.id,
        found.confidence,
        _working_rule(source, found),
        source.issuer,
        source.title,
        source.year,
        source.doi,
        source.pmid,
        found.seen_at or source.url,
    )
