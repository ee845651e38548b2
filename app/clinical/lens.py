"""A rule set as seen from one place: which rules speak there, sorted once by kind and indication."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from app.clinical.content import RuleBase
from app.clinical.history import Indication
from app.clinical.jurisdictions import chain_of, reaches
from app.clinical.rules import Ask, Contraindication, Criterion, Risk, ScoreRule
from app.clinical.ruleset import RuleSet
from app.logic.evaluator import Results

R = TypeVar("R", bound=RuleBase)
T = TypeVar("T")
PLACES = 256
"""How many places one rule set keeps ready."""
KEPT = 20_000
"""How many parts one place keeps ready; beyond that it starts anew."""


class Lens:
    """What one rule set holds for one place; the same for every patient there, so it is worked out once."""

    def __init__(self, rules: RuleSet, jurisdiction: str | None) -> None:
        self.rules = rules
        self.jurisdiction = jurisdiction
        self.chain = chain_of(jurisdiction, rules.jurisdictions)
        self._kept: dict[tuple[Any, ...], Any] = {}

    def speaks(self, rule: RuleBase) -> bool:
        """Whether the rule speaks for this place; with none chosen, whether it speaks for all places."""
        return reaches(rule.jurisdictions, self.chain)

    def every(self, kind: type[R], indication: Indication | None) -> tuple[R, ...]:
        """Rules of one kind for one indication, or those for no single one, wherever they speak."""
        return self.keep(
            ("every", kind, indication),
            lambda: tuple(
                rule
                for rule in self.rules.of(kind)
                if (indication in rule.applies_to if indication else not rule.applies_to)
            ),
        )

    def here(self, kind: type[R], indication: Indication | None) -> tuple[R, ...]:
        """Of these, the ones that speak here."""
        return self.keep(("here", kind, indication), lambda: tuple(filter(self.speaks, self.every(kind, indication))))

    def all_here(self, kind: type[R]) -> tuple[R, ...]:
        """Rules of one kind that speak here, for any indication."""
        return self.keep(("all", kind), lambda: tuple(filter(self.speaks, self.rules.of(kind))))

    def criteria(self, indication: Indication) -> tuple[Criterion, ...]:
        """Definitions of every issuer, and the other criteria used here; all where no place is chosen."""
        return self.keep(
            ("criteria", indication),
            lambda: tuple(
                rule
                for rule in self.every(Criterion, indication)
                if rule.defines or self.jurisdiction is None or self.speaks(rule)
            ),
        )

    def informing(self, indication: Indication) -> tuple[str, ...]:
        """Keys of the conditions that an answer on this indication shows beside its verdict."""
        return self.keep(("informing", indication), lambda: self._informing(indication))

    def _informing(self, indication: Indication) -> tuple[str, ...]:
        keys = [rule.id for rule in self.criteria(indication)]
        for score in self.every(ScoreRule, indication):
            keys += [f"{score.id}/{domain.id}/{item.id}" for domain in score.domains for item in domain.items]
        return tuple(keys)

    @property
    def safety(self) -> tuple[str, ...]:
        """Keys of the conditions whose unknown facts always surface: contraindications, then risk factors."""
        return self.keep(("safety",), self._safety)

    def _safety(self) -> tuple[str, ...]:
        keys = [rule.id for rule in self.all_here(Contraindication)]
        keys += [f"{rule.id}/{factor.id}" for rule in self.rules.of(Risk) for factor in rule.factors]
        return tuple(key for key in keys if key in self.rules.conditions)

    def questions(self, subject: Indication | None) -> Mapping[str, tuple[int, Ask]]:
        """For each fact the question that asks for it, with its place in the order of asking for this subject."""
        return self.keep(("questions", subject), lambda: self._questions(subject))

    def _questions(self, subject: Indication | None) -> Mapping[str, tuple[int, Ask]]:
        own = [item for item in self.rules.asks if subject in item.applies_to]
        general = [item for item in self.rules.asks if not item.applies_to]
        rest = [item for item in self.rules.asks if item not in own and item not in general]
        found: dict[str, tuple[int, Ask]] = {}
        ordered = (question for listed in (*own, *general, *rest) for question in listed.questions)
        for rank, question in enumerate(ordered):
            for fact_id in question.facts:
                found.setdefault(fact_id, (rank, question))
        return found

    def outcome(self, rule_id: str) -> Callable[[Results], Hashable]:
        """How all conditions of one rule came out, as one value."""
        return self.keep(("outcome", rule_id), lambda: self.rules.program.reader(self.rules.keys_of.get(rule_id, ())))

    def keep(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for this place."""
        kept: T | None = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            kept = self._kept[key] = make()
        return kept


def lens_of(rules: RuleSet, jurisdiction: str | None) -> Lens:
    """The view of a rule set from one place, kept with the rule set."""
    kept = rules.kept.get(jurisdiction)
    if kept is None:
        if len(rules.kept) >= PLACES:
            rules.kept.clear()
        kept = rules.kept[jurisdiction] = Lens(rules, jurisdiction)
    lens: Lens = kept
    return lens
