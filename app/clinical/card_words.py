"""The fixed words of decision support cards: services, topics, suggestions, override reasons and headings.

Clinical sentences on a card come from the assessment; these are the words around them. They are part of the rule set, so a
published version says what its cards said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from app.clinical.content import Content, FactId, Id, Text
from app.clinical.result_sections import AplAssay

TopicCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{2,39}$")]
"""Letters and digits only: Epic shows no card whose topic code holds anything else."""


PrefetchKey = Annotated[str, Field(pattern=r"^[a-z][A-Za-z]+$")]


class CardCoding(Content):
    """A code, as FHIR writes it."""

    system: str
    code: str
    display: str


class CardService(Content):
    """One service as discovery shows it."""

    kind: Literal["service"]
    id: Id
    hook: Literal["patient-view", "order-select", "order-sign"]
    title: str
    description: Text
    usage: Text


class CardPrefetch(Content):
    """One prefetch template: a read of the patient, or a search of hers, for all or for what the terminology reads.

    Then the codes of one ``system`` are asked for that lead to these ``sections`` of the history.
    """

    kind: Literal["prefetch"]
    id: PrefetchKey
    resource: Literal[
        "Patient", "Condition", "Observation", "MedicationRequest", "Procedure", "AllergyIntolerance", "Immunization"
    ]
    system: str | None = None
    sections: tuple[str, ...] = ()
    query: str | None = None


class CardTopic(Content):
    """What one card is about. ``first`` in a summary stands for the most important finding, ``more`` for how many others.

    ``notes`` are the rules whose sentences belong on this card wherever the assessment shows them; ``warns`` those findings
    that make a card of this topic a warning.
    """

    kind: Literal["topic"]
    id: TopicCode
    title: str
    summary: Text
    summary_more: Text
    notes: tuple[Id, ...] = ()
    warns: tuple[Id, ...] = ()


class CardSuggestion(Content):
    """A draft order that would answer an open question: offered on cards of ``topics`` while none of ``facts`` is known.

    ``checks`` are the work-up rules that give the reason. ``repeats`` names an antiphospholipid test to be done again, no
    sooner than the parameter ``after`` says (days).
    """

    kind: Literal["suggestion"]
    id: Id
    label: str
    description: Text
    facts: tuple[FactId, ...] = Field(min_length=1)
    topics: tuple[TopicCode, ...] = Field(min_length=1)
    checks: tuple[Id, ...] = ()
    repeats: AplAssay | None = None
    after: str | None = None
    coding: CardCoding


class CardOverride(Content):
    """A reason a clinician may give for not following a card."""

    kind: Literal["override"]
    id: Id
    coding: CardCoding


class CardPhrase(Content):
    """A heading or a standing line."""

    kind: Literal["phrase"]
    id: Id
    text: Text


CardItem = Annotated[
    CardService | CardPrefetch | CardTopic | CardSuggestion | CardOverride | CardPhrase, Field(discriminator="kind")
]
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class CardWords:
    """The words of one rule set, by kind."""

    services: tuple[CardService, ...]
    prefetch: tuple[CardPrefetch, ...]
    topics: Mapping[str, CardTopic]
    suggestions: tuple[CardSuggestion, ...]
    overrides: tuple[CardOverride, ...]
    phrases: Mapping[str, str]

    @classmethod
    def of(cls, items: tuple[Any, ...]) -> "CardWords":
        """Sorted by kind, in the order of the file."""

        def only(kind: type[C]) -> tuple[C, ...]:
            return tuple(item for item in items if isinstance(item, kind))

        return cls(
            only(CardService),
            only(CardPrefetch),
            {item.id: item for item in only(CardTopic)},
            only(CardSuggestion),
            only(CardOverride),
            {item.id: item.text for item in only(CardPhrase)},
        )
