"""What the service knows: indications, rules, evidence, facts, and the monograph."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request

from app.clinical.candidacy_rules import Candidacy
from app.clinical.catalogue import entries, specifications
from app.clinical.history import Indication
from app.clinical.references import Statement
from app.clinical.ruleset import RuleSet
from app.clinical.sources import short
from app.errors import InputError
from app.web.context import context_of
from app.web.problems import responses
from app.web.shapes import (
    EntryShape,
    EvidenceFull,
    EvidencePage,
    FactCatalogue,
    FactShape,
    IndicationShape,
    Monograph,
    MonographItem,
    RuleFull,
    RulePage,
    RuleShort,
)

router = APIRouter(tags=["knowledge"])
T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]
Offset = Annotated[int, Query(ge=0, le=100_000, description="Items to skip.")]
Text = Annotated[str | None, Query(min_length=2, max_length=80, description="Case-insensitive text to look for.")]
Id = Annotated[str, Path(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["rpl-eshre-2022"])]


def _rules(request: Request) -> RuleSet:
    return context_of(request).rules


def not_found() -> InputError:
    """The error for an id that names nothing."""
    return InputError("not-found", (), status=404)


def _page(items: Iterable[T], limit: int, offset: int) -> tuple[int, list[T]]:
    found = list(items)
    return len(found), found[offset : offset + limit]


@router.get(
    "/v1/indications",
    summary="Indications that are assessed",
    operation_id="list_indications",
    responses=responses(503),
)
async def indications(request: Request) -> list[IndicationShape]:
    """Each indication with the jurisdictions that have their own column, and how many rules it has."""
    rules = _rules(request)
    return [_indication(rules, table, item) for table in rules.of(Candidacy) for item in table.applies_to]


def _indication(rules: RuleSet, table: Candidacy, indication: Indication) -> IndicationShape:
    named = sorted({code for codes in table.columns.values() for code in codes} - {"*", "none"})
    own = [rule for rule in rules.knowledge.rules if indication in rule.applies_to]
    kinds = {rule.kind for rule in own}
    counts = {kind: sum(rule.kind == kind for rule in own) for kind in sorted(kinds)}
    return IndicationShape(id=indication.value, jurisdictions_with_own_column=named, rules=counts)


@router.get("/v1/rules", summary="Find rules", operation_id="list_rules", responses=responses(422, 503))
async def list_rules(
    request: Request,
    indication: Annotated[Indication | None, Query(description="Only rules of this indication.")] = None,
    kind: Annotated[str | None, Query(max_length=30, description="Only this kind.", examples=["position"])] = None,
    issuer: Annotated[
        str | None, Query(max_length=80, description="Only this issuer, case-insensitive.", examples=["ESHRE"])
    ] = None,
    text: Text = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> RulePage:
    """Rules of the active rule set, filtered and paged, in the order in which they were published."""
    texts = _rules(request).texts.values()
    wanted = (rule for rule in texts if _matches(rule, indication, kind, issuer, text))
    total, page = _page(wanted, limit, offset)
    return RulePage(total=total, limit=limit, offset=offset, items=[RuleShort.of(rule) for rule in page])


def _matches(rule: Any, indication: Indication | None, kind: str | None, issuer: str | None, text: str | None) -> bool:
    return (
        (indication is None or indication.value in rule.get("applies_to", ()))
        and (kind is None or rule["kind"] == kind)
        and (issuer is None or str(rule.get("issuer", "")).lower() == issuer.lower())
        and (text is None or any(text.lower() in part.lower() for part in _strings(rule)))
    )


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _strings(value)
    elif isinstance(part, list):
        for value in part:
            yield from _strings(value)


@router.get("/v1/rules/{rule_id}", summary="One rule", operation_id="get_rule", responses=responses(404, 422, 503))
async def get_rule(request: Request, rule_id: Id) -> RuleFull:
    """The rule as it was published: its conditions, its words, its statements."""
    rules = _rules(request)
    if rule_id not in rules.texts:
        raise not_found()
    return RuleFull.of(rules.texts[rule_id], rules.version)


@router.get("/v1/evidence", summary="Find statements", operation_id="list_evidence", responses=responses(422, 503))
async def list_evidence(
    request: Request,
    topic: Annotated[str | None, Query(max_length=30, examples=["rpl"])] = None,
    confidence: Annotated[str | None, Query(pattern="^(verified|likely)$")] = None,
    text: Text = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> EvidencePage:
    """Statements that rules may cite, with their sources, filtered and paged."""
    rules = _rules(request)
    wanted = (item for item in rules.knowledge.statements if _holds(item, topic, confidence, text))
    total, page = _page(wanted, limit, offset)
    return EvidencePage(total=total, limit=limit, offset=offset, items=[short(rules, item.id) for item in page])


def _holds(item: Statement, topic: str | None, confidence: str | None, text: str | None) -> bool:
    return (
        topic in (None, item.topic)
        and confidence in (None, item.confidence)
        and (text is None or text.lower() in f"{item.id} {item.says} {item.population} {item.intervention}".lower())
    )


@router.get(
    "/v1/evidence/{statement_id}",
    summary="One statement",
    operation_id="get_evidence",
    responses=responses(404, 422, 503),
)
async def get_evidence(request: Request, statement_id: Id) -> EvidenceFull:
    """The statement in full, its source down to DOI, PMID or address, and the rules that cite it."""
    rules = _rules(request)
    if statement_id not in rules.statements:
        raise not_found()
    statement = rules.statements[statement_id]
    citing = [rule["id"] for rule in rules.texts.values() if statement_id in set(_strings(rule))]
    return EvidenceFull(statement=statement, source=rules.sources[statement.source], cited_by=citing)


@router.get("/v1/facts", summary="The fact catalogue", operation_id="list_facts")
async def facts() -> FactCatalogue:
    """Every fact a rule can read, what to ask when it is missing, and every code the list sections understand."""
    return FactCatalogue(
        facts=[FactShape.of(spec) for spec in specifications().values()],
        entries=[EntryShape.of(item) for item in entries()],
    )


@router.get("/v1/monograph", summary="What IVIG is, in plain words", operation_id="monograph", responses=responses(503))
async def monograph(request: Request) -> Monograph:
    """What IVIG is, how it may work, benefits against evidence, risks, how it is given, alternatives, whom to ask."""
    rules = _rules(request)
    items = [
        MonographItem(id=item.id, topic=item.topic, text=item.text, evidence=item.cite)
        for item in rules.knowledge.monograph
    ]
    return Monograph(notice="Information, not advice.", rule_set=rules.version, sentences=items)
