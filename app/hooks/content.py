"""What one card will say, before it is laid out: its urgency, its sentences with their statements, and what it offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from app.clinical.assessment import Assessment
from app.clinical.card_words import CardTopic, CardWords
from app.clinical.history import PatientHistory
from app.clinical.references import Parameter
from app.hooks.markdown import bullet, escape, heading


class Urgency(IntEnum):
    """In the order of the specification's indicators."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def indicator(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a topic is worked out from: one assessment, the history behind it, and the words of its rule set."""

    answer: Assessment
    history: PatientHistory
    words: CardWords
    texts: Mapping[str, Mapping[str, Any]]
    limits: Mapping[str, Parameter]
    hook: str

    @property
    def is_order(self) -> bool:
        return self.hook != "patient-view"

    @property
    def is_signing(self) -> bool:
        return self.hook == "order-sign"

    def title(self, rule_id: str) -> str:
        """The rule's own title, or the first sentence of what it says."""
        rule = self.texts.get(rule_id.partition("/")[0], {})
        return str(rule.get("title") or str(rule.get("text", rule_id)).partition(". ")[0])

    def phrase(self, name: str) -> str:
        return self.words.phrases[name]


@dataclass(slots=True)
class Content:
    """One card in the making. ``heads`` are its findings in short, the most important first."""

    topic: CardTopic
    urgency: Urgency = Urgency.INFO
    heads: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    rules: dict[str, None] = field(default_factory=dict)
    statements: dict[str, None] = field(default_factory=dict)
    offers: list[dict[str, Any]] = field(default_factory=list)

    def raise_to(self, urgency: Urgency) -> None:
        """Make the card at least this urgent."""
        self.urgency = max(self.urgency, urgency)

    def cites(self, rule_id: str, statements: Iterable[str]) -> None:
        """Note a rule that speaks on this card, and the statements behind its words."""
        self.rules[rule_id] = None
        self.statements.update(dict.fromkeys(statements))

    def say(self, text: str) -> None:
        """A paragraph."""
        self.blocks.append(escape(text))

    def listed(self, title: str, lines: Iterable[str], subtitle: str = "") -> None:
        """A heading and its list, if there is anything to list."""
        items = [bullet(line) for line in lines]
        if items:
            head = heading(title) + (f" {escape(subtitle)}" if subtitle else "")
            self.blocks.append("\n".join([head, "", *items]))


def content(seen: Seen, topic: str) -> Content:
    """An empty card of this topic."""
    return Content(seen.words.topics[topic])


def add_notes(seen: Seen, card: Content) -> None:
    """The sentences that a topic asks for and that the assessment shows."""
    shown = {note.id: note for note in seen.answer.notes}
    shown |= {note.id: note for item in seen.answer.candidacy for note in item.notes}
    for wanted in card.topic.notes:
        if wanted in shown:
            card.say(shown[wanted].text)
            card.cites(wanted, shown[wanted].evidence)
