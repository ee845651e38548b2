"""From an assessment to cards: at most one for each topic, the most urgent first, and none for a calm chart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from app.clinical.assessment import Assessment, CitedSource
from app.clinical.history import PatientHistory
from app.clinical.ruleset import RuleSet
from app.fhir.read_from import Origins, origins
from app.hooks import history_topics, safety_topics
from app.hooks.content import Content, Seen
from app.hooks.markdown import blocks, bullet, escape, heading, section
from app.hooks.offers import suggestion
from app.hooks.received import Received
from app.hooks.shapes import HookContext, Json, without_empty
from app.hooks.summary import fill, shorten

MOST_SOURCES = 8
MOST_LINKS = 5
MOST_ORIGINS = 12
Topic = Callable[[Seen], Content | None]

ORDER: tuple[Topic, ...] = (
    safety_topics.contraindication,
    history_topics.timing,
    safety_topics.product,
    safety_topics.dose,
    history_topics.candidacy,
    safety_topics.workup,
)
VIEW: tuple[Topic, ...] = (history_topics.timing, history_topics.history)
VIEW_WITH_ORDER: tuple[Topic, ...] = (safety_topics.contraindication, *VIEW)
"""An active IVIG order makes a contraindication worth seeing when the chart is opened; without one it only interrupts."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card and what is to be remembered of it: its rules, never its patient."""

    uuid: UUID
    topic: str
    indicator: str
    rules: tuple[str, ...]
    json: Json


@dataclass(frozen=True, slots=True)
class Asked:
    """The call that is answered, and where this service can be reached from a browser (None: no links)."""

    hook: str
    context: HookContext
    received: Received
    public_url: str | None = None
    read: Origins | None = None


def cards_of(
    rules: RuleSet, history: PatientHistory, answer: Assessment, asked: Asked, new_id: Callable[[], UUID]
) -> tuple[Card, ...]:
    """The cards for one call. The same arguments give the same cards but for the ids that ``new_id`` makes."""
    seen = Seen(answer, history, rules.card_words, rules.texts, rules.limits, asked.hook)
    found = [card for card in (topic(seen) for topic in _topics(seen)) if card]
    found.sort(key=lambda card: -card.urgency)
    return tuple(_card(seen, card, asked, new_id()) for card in found)


def _topics(seen: Seen) -> tuple[Topic, ...]:
    if seen.is_order:
        return ORDER
    return VIEW_WITH_ORDER if seen.history.planned_ivig else VIEW


def _card(seen: Seen, card: Content, asked: Asked, uuid: UUID) -> Card:
    made = {
        "uuid": str(uuid),
        "summary": _summary(card),
        "detail": blocks(_detail(seen, card, asked)),
        "indicator": card.urgency.indicator,
        "source": _source(seen, card, asked.public_url),
        "suggestions": [suggestion(offer, uuid, asked.context) for offer in card.offers],
        "selectionBehavior": "any" if card.offers else None,
        "overrideReasons": [_override(item.coding) for item in seen.words.overrides],
        "links": _links(seen, card, asked.public_url),
    }
    return Card(uuid, card.topic.id, card.urgency.indicator, tuple(card.rules), without_empty(made))


def _summary(card: Content) -> str:
    topic, more = card.topic, len(card.heads) - 1
    return fill(topic.summary_more if more else topic.summary, card.heads[0], more)


def _source(seen: Seen, card: Content, public_url: str | None) -> Json:
    words = seen.words
    return {
        "label": words.phrases["source-label"],
        "url": f"{public_url}/v1/transparency" if public_url else None,
        "topic": {"system": "urn:ivig-cds:card-topic", "code": card.topic.id, "display": card.topic.title},
    }


def _override(coding: object) -> Json:
    return {name: getattr(coding, name) for name in ("system", "code", "display")}


def _detail(seen: Seen, card: Content, asked: Asked) -> Iterator[str]:
    yield from card.blocks
    yield _read_from(seen, card, asked.read)
    yield _sources(seen, card)
    yield _data(seen, asked.received)
    footer = seen.phrase("footer")
    rule_set = seen.answer.rule_set
    footer = footer.replace("{version}", rule_set.version).replace("{review_by}", rule_set.review_by.isoformat())
    yield escape(footer)


def _read_from(seen: Seen, card: Content, read: Origins | None) -> str:
    """The resources that the findings of this card were read from, with their dates."""
    found = origins(read, card.rules) if read else ()
    lines = [item.line for item in found[:MOST_ORIGINS]]
    if len(found) > MOST_ORIGINS:
        lines.append(f"+ {len(found) - MOST_ORIGINS}")
    # A rule set that was published before this heading was written has no word for it.
    return section(seen.words.phrases.get("read-from", card.topic.title), lines)


def _cited(seen: Seen, card: Content) -> list[CitedSource]:
    """The publications behind a card's sentences, those behind most of them first."""
    used = [item for item in seen.answer.evidence if card.statements.keys() & set(item.statements)]
    return sorted(used, key=lambda item: -len(card.statements.keys() & set(item.statements)))


def _sources(seen: Seen, card: Content) -> str:
    lines = [bullet(_named(seen, item)) for item in _cited(seen, card)[:MOST_SOURCES]]
    return "\n".join([heading(seen.phrase("sources")), "", *lines]) if lines else ""


def _named(seen: Seen, source: CitedSource) -> str:
    if set(source.statements) == set(source.working_rules):
        return seen.phrase("working-rule")
    year = f", {source.year}" if source.year else ""
    return f"{source.issuer}: {source.title}{year}"


def _data(seen: Seen, received: Received) -> str:
    """What the sender's data left open: a card never hides that it was made without something."""
    said = (
        ("data-missing", received.absent),
        ("data-failed", received.failed),
        ("data-partial", received.partial),
        ("data-empty", received.empty),
    )
    lines = [bullet(f"{seen.phrase(name)}: {', '.join(sections)}") for name, sections in said if sections]
    if received.fetched:
        entries = seen.phrase("data-entries")
        said_of = (f"{name} ({entries.replace('{number}', str(count))})" for name, count in received.fetched.items())
        lines.append(bullet(f"{seen.phrase('data-fetched')}: {', '.join(said_of)}"))
    if received.not_understood:
        lines.append(bullet(f"{seen.phrase('data-not-understood')}: {received.not_understood}"))
    return "\n".join(lines)


def _links(seen: Seen, card: Content, public_url: str | None) -> list[Json]:
    """One statement of each of the first publications, served by this service; nothing where it has no public address."""
    if public_url is None:
        return []
    return [
        {
            "label": shorten(f"{seen.phrase('link-evidence')}: {_named(seen, source)}"),
            "url": f"{public_url}/v1/evidence/{_statement(source, card)}",
            "type": "absolute",
        }
        for source in _cited(seen, card)[:MOST_LINKS]
    ]


def _statement(source: CitedSource, card: Content) -> str:
    return next(item for item in source.statements if item in card.statements)
