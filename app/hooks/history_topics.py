"""Topics about the history: what issuers say about IVIG for it, what they support instead, and what runs out of time."""

from collections.abc import Iterable, Iterator

from app.clinical.assessment import AlternativeFinding, Assessment, CandidacyFinding, PositionFinding, TimeWindowFinding
from app.clinical.history import Indication
from app.clinical.stances import Stance, Status
from app.hooks.content import Content, Seen, Urgency, add_notes, content
from app.hooks.markdown import escape, heading
from app.hooks.offers import offers_of

GIVING = frozenset({Status.RECOMMENDED, Status.MAY_BE_CONSIDERED})
AGAINST = frozenset({Status.NOT_RECOMMENDED, Status.CRITERIA_NOT_MET})
SUPPORTED = frozenset({Stance.RECOMMENDS, Stance.SUGGESTS, Stance.MAY_CONSIDER})
MOST_ALTERNATIVES = 6
MOST_POSITIONS = 10
MOST_QUESTIONS = 4
NAME_WITHIN = 12
"""How many characters may stand before a name that still begins its headline."""


def arising(answer: Assessment) -> list[CandidacyFinding]:
    """The indications for which the history gives a reason."""
    return [item for item in answer.candidacy if item.arises == "true"]


def candidacy(seen: Seen) -> Content | None:
    """For an order: what issuers say about IVIG for this history, unless it is recommended; and supported alternatives."""
    raised = arising(seen.answer)
    if not raised:
        return _no_indication(seen)
    if all(item.status is Status.RECOMMENDED for item in raised):
        return None
    card = content(seen, "ivigcandidacy")
    statuses, asked = {item.status for item in raised}, _only_on_reason(seen)
    if statuses & AGAINST and not statuses & GIVING:
        card.raise_to(Urgency.WARNING)
    _add_indications(seen, sorted(raised, key=lambda item: _weight(item, asked)), card)
    add_notes(seen, card)
    return card if card.blocks else None


def _no_indication(seen: Seen) -> Content | None:
    """Silence about the indication would read as consent: that none was found in the chart is said."""
    said = seen.words.phrases.get("no-indication")
    if said is None:  # a rule set that was published before these words were written
        return None
    card = content(seen, "ivigcandidacy")
    card.heads.append(said)
    card.say(f"{said}.")
    card.say(seen.phrase("no-indication-detail"))
    return card


def _weight(item: CandidacyFinding, asked: frozenset[str]) -> tuple[bool, ...]:
    """What the order is most likely for comes first: what allows it, then a rare disease that the chart names.

    A refusal for one indication never hides that another allows it. Of the rest, what the order runs against comes first,
    what cannot be judged last.
    """
    status = item.status
    return status not in GIVING, item.indication not in asked, status not in AGAINST, status is Status.UNDETERMINED


def history(seen: Seen) -> Content | None:
    """For a chart: what meets a definition, what an issuer supports, or what has a supported option; nothing else.

    A rare disease that the chart names and that cannot be judged yet is shown too: its questions do not wait.
    """
    asked = _only_on_reason(seen)
    found = [
        item for item in arising(seen.answer)
        if worth_a_look(item) or _has_option(seen.answer, item) or (item.indication in asked and _open(item))
    ]  # fmt: skip
    if not found:
        return None
    card = content(seen, "ivighistory")
    _add_indications(seen, found, card)
    add_notes(seen, card)
    card.offers = offers_of(seen, card.topic.id)
    return card


def worth_a_look(item: CandidacyFinding) -> bool:
    """Whether the history meets a definition of the indication, or an issuer supports IVIG for it, or issuers disagree."""
    defined = any(criterion.defines and criterion.met == "true" for criterion in item.criteria)
    return defined or item.status in GIVING or item.status is Status.CONFLICTING


def _only_on_reason(seen: Seen) -> frozenset[str]:
    """The indications that are answered only where the history gives a reason: rare, and most of them against a clock."""
    tables = (
        rule for rule in seen.texts.values() if rule.get("kind") == "candidacy" and rule.get("unprompted") is False
    )
    return frozenset(name for rule in tables for name in rule.get("applies_to", ()))


def _open(item: CandidacyFinding) -> bool:
    return item.status is Status.UNDETERMINED


def _has_option(answer: Assessment, item: CandidacyFinding) -> bool:
    """Whether an issuer supports something that certainly concerns this patient and that nothing takes away."""
    return any(
        option.stance in SUPPORTED and option.relevant == "true" and not option.removed
        for option in answer.alternatives
        if item.indication in option.indications
    )


def _add_indications(seen: Seen, found: Iterable[CandidacyFinding], card: Content) -> None:
    items = list(found)
    for item in items:
        if item.status is not Status.CONTRAINDICATED:
            # That one has a card of its own; positions and alternatives matter all the more.
            headline = _headline(seen, item)
            card.heads.append(headline)
            card.say(headline)
        if item.evidence_to_be_checked:
            card.say(seen.phrase("to-be-checked"))
        for decided in item.decided_by:
            card.cites(decided, item.evidence)
        _add_positions(seen, item, card)
    _add_alternatives(seen, {item.indication for item in items}, card)
    if not card.heads:
        card.heads.append(seen.phrase("alternatives"))
    wanted = {name for item in items for name in item.missing}
    questions = [item.question for item in seen.answer.missing if item.id in wanted and item.decides]
    card.listed(seen.phrase("questions"), questions[:MOST_QUESTIONS])


def _headline(seen: Seen, item: CandidacyFinding) -> str:
    """The headline after the name of its indication, unless it begins with that name itself."""
    name = named(seen, item.indication)
    begins = item.headline[: len(name) + NAME_WITHIN].casefold()
    return item.headline if name.casefold() in begins else f"{name}: {item.headline}"


def named(seen: Seen, indication: Indication) -> str:
    """The indication in words: the rule set's own, else those of its code."""
    words = indication.value.replace("_", " ")
    return seen.words.phrases.get(f"indication-{words.replace(' ', '-')}", words.capitalize())


def _add_positions(seen: Seen, item: CandidacyFinding, card: Content) -> None:
    """Every issuer that speaks, or may speak, of this patient here: a headline never hides a position.

    Societies come before payers and reviews; what is not known to apply is shown and says so. Beyond the room of a card
    the number of the others is told.
    """
    spoken = sorted(
        (position for position in item.positions if position.in_jurisdiction and position.applies != "false"),
        key=lambda position: (position.tier, position.applies != "true"),
    )
    shown, more = spoken[:MOST_POSITIONS], len(spoken) - MOST_POSITIONS
    lines = [_position(seen, position) for position in shown]
    if more > 0:
        lines.append(seen.phrase("more-positions").replace("{more}", str(more)))
    card.listed(seen.phrase("positions"), lines)
    for position in shown:
        card.cites(position.id, position.evidence)


def _position(seen: Seen, position: PositionFinding) -> str:
    said = f"{position.issuer} ({position.stance.value.replace('-', ' ')})"
    if position.applies == "unknown":
        said += f" ({seen.phrase('alternative-unknown')})"
    return f"{said}: {position.text}"


def _add_alternatives(seen: Seen, indications: set[Indication], card: Content) -> None:
    found = [item for item in seen.answer.alternatives if _supported(item, indications)][:MOST_ALTERNATIVES]
    card.listed(seen.phrase("alternatives"), (_alternative(seen, item) for item in found))
    for item in found:
        card.cites(item.id, item.evidence)


def _supported(item: AlternativeFinding, indications: set[Indication]) -> bool:
    return item.stance in SUPPORTED and bool(indications.intersection(item.indications))


def _alternative(seen: Seen, item: AlternativeFinding) -> str:
    said = [item.title]
    if item.relevant == "unknown":
        said.append(f"({seen.phrase('alternative-unknown')})")
    if item.removed:
        reasons = " ".join(reason.text for reason in item.removed_because)
        return f"{' '.join(said)}: {seen.phrase('alternative-removed')}. {reasons}"
    dose = f" {item.dose.text}" if item.dose else ""
    return f"{' '.join(said)}: {item.text}{dose}"


def timing(seen: Seen) -> Content | None:
    """Time limits that run for this patient."""
    found = [item for item in seen.answer.time_windows if item.applies == "true" and item.open != "false"]
    if not found:
        return None
    card = content(seen, "ivigtiming")
    card.raise_to(Urgency.WARNING)
    for item in found:
        card.heads.append(item.title)
        card.cites(item.id, item.evidence)
    card.blocks += [_window(seen, item) for item in found]
    return card


def _window(seen: Seen, item: TimeWindowFinding) -> str:
    return "\n\n".join(_window_parts(seen, item))


def _window_parts(seen: Seen, item: TimeWindowFinding) -> Iterator[str]:
    yield heading(item.title)
    yield escape(item.text)
    if item.closes_at:
        yield escape(f"{seen.phrase('closes-at')}: {item.closes_at.replace('T', ' ')}")
