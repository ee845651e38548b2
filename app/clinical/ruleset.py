"""RuleSet: one published version of the knowledge, compiled, immutable, ready to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from app.clinical.baseline import Baseline, baseline
from app.clinical.card_words import CardWords
from app.clinical.catalogue import specifications
from app.clinical.conditions_of import conditions_of, scores_of
from app.clinical.content import RuleBase
from app.clinical.knowledge import Knowledge
from app.clinical.references import Jurisdiction, Parameter, Source, Statement
from app.clinical.rules import AskList
from app.logic.compiler import FactSignature, compile_program
from app.logic.conditions import Condition
from app.logic.evaluator import Program
from app.logic.values import Number

R = TypeVar("R", bound=RuleBase)


@dataclass(frozen=True)
class RuleSet:
    """Knowledge with its name. Compiled once, on first use; shared by all requests that start while it is active."""

    knowledge: Knowledge
    document: Mapping[str, Any]
    version: str
    digest: str
    kept: dict[str | None, Any] = field(default_factory=dict, repr=False, compare=False)
    """Its view from each place, worked out on first use."""

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """Every condition by its key."""
        return conditions_of(self.knowledge.rules)

    @cached_property
    def keys_of(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of each rule's conditions, by the rule's id."""
        found: dict[str, list[str]] = {}
        for key in self.conditions:
            found.setdefault(key.partition("/")[0], []).append(key)
        return {rule: tuple(keys) for rule, keys in found.items()}

    @cached_property
    def program(self) -> Program:
        """The compiled conditions and scores. Raises ContentError when they do not compile."""
        return compile_program(self.conditions, scores_of(self.knowledge.rules), signatures())

    @cached_property
    def parameters(self) -> Mapping[str, Number]:
        """Thresholds that derivations need, by id."""
        return {item.id: item.value for item in self.knowledge.parameters}

    @cached_property
    def texts(self) -> Mapping[str, Mapping[str, Any]]:
        """Each rule as it was published, by id."""
        return {item["id"]: item for item in self.document["rules"]}

    @cached_property
    def limits(self) -> Mapping[str, Parameter]:
        """Thresholds with their words and citations, by id."""
        return {item.id: item for item in self.knowledge.parameters}

    @cached_property
    def baseline(self) -> Baseline:
        """What an empty history says under these parameters."""
        return baseline(self.parameters)

    @cached_property
    def statements(self) -> Mapping[str, Statement]:
        return {item.id: item for item in self.knowledge.statements}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        return {item.id: item for item in self.knowledge.sources}

    @cached_property
    def card_words(self) -> CardWords:
        """The fixed words of decision support cards."""
        return CardWords.of(self.knowledge.cards)

    @cached_property
    def jurisdictions(self) -> Mapping[str, Jurisdiction]:
        return {item.code: item for item in self.knowledge.jurisdictions}

    @cached_property
    def review_by(self) -> date:
        """The earliest date by which one of its rules is due for review."""
        return min(rule.review_by for rule in self.knowledge.rules)

    @cached_property
    def _by_kind(self) -> dict[type, tuple[RuleBase, ...]]:
        kinds = {type(rule) for rule in self.knowledge.rules}
        return {kind: tuple(rule for rule in self.knowledge.rules if type(rule) is kind) for kind in kinds}

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """All rules of one kind, in the order of the files."""
        return self._by_kind.get(kind, ())  # type: ignore[return-value]  # keyed by the very class asked for

    @cached_property
    def asks(self) -> tuple[AskList, ...]:
        return self.of(AskList)

    def warm(self) -> "RuleSet":
        """Compile and index now, so that no request pays for it."""
        _ = (
            self.program,
            self.baseline,
            self.keys_of,
            self.statements,
            self.sources,
            self.jurisdictions,
            self.review_by,
            self._by_kind,
        )
        return self


def signatures() -> dict[str, FactSignature]:
    """The fact catalogue as the compiler sees it."""
    return {
        spec.id: FactSignature(spec.id, spec.type, frozenset(spec.values) or None) for spec in specifications().values()
    }
