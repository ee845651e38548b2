"""Two rule sets on the same patients: whose verdict differs, and how."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.clinical.candidacy import NEGATIVE
from app.clinical.candidacy_rules import Candidacy
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.clinical.rules import Contraindication
from app.clinical.ruleset import RuleSet
from app.clinical.stances import Status
from app.logic.evaluator import Results
from app.logic.truth import Truth
from app.logic.values import Fact, Interval, Known
from app.services.population import Person, differing_facts
from app.services.verdicts import facts_for, statuses

Kind = Literal["reversed", "withdrawn", "decided", "shifted", "lost", "gained", "settled", "unsettled"]
GIVING = frozenset({Status.RECOMMENDED, Status.MAY_BE_CONSIDERED})
AGAINST = NEGATIVE | {Status.CONTRAINDICATED}
OPEN = Status.UNDETERMINED
EXAMPLES = 3
SAFETY_KINDS = frozenset({"contraindication", "risk", "workup", "monitoring", "product_restriction"})


@dataclass(frozen=True, slots=True)
class Example:
    """One made-up patient, and the facts that bear on the change, as text."""

    patient: str
    facts: Mapping[str, str]


@dataclass(slots=True)
class Change:
    """The same change of one verdict or finding; ``place`` is ``none`` where none is chosen, and ``*`` for a finding."""

    subject: str
    place: str
    before: str
    after: str
    kind: Kind
    safety: bool
    count: int = 0
    examples: list[Example] = field(default_factory=list)

    @property
    def where(self) -> str:
        """What it is about, and for a verdict in which place."""
        if self.place == ANYWHERE:
            return self.subject
        return f"{self.subject} ({'no place chosen' if self.place == NONE_CHOSEN else self.place})"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What differs, and on how many patients it was looked for."""

    patients: int
    changed_patients: int
    changes: tuple[Change, ...]


def compare(old: RuleSet, new: RuleSet, people: Iterable[Person]) -> Behaviour:
    """Every change of a verdict or finding over these people."""
    both = _Both(old, new)
    found: dict[tuple[str, str, str, str], Change] = {}
    patients = changed = 0
    for person in people:
        patients += 1
        before, after = both.results(person)
        mine = list(both.changes(before, after))
        changed += bool(mine)
        for item in mine:
            kept = found.setdefault((item.subject, item.place, item.before, item.after), item)
            kept.count += 1
            if len(kept.examples) < EXAMPLES:
                kept.examples.append(Example(person.name, both.telling(person, after)))
    ranked = sorted(found.values(), key=lambda item: (_RANK.index(item.kind), -item.count, item.subject, item.place))
    return Behaviour(patients, changed, tuple(ranked))


_RANK: tuple[Kind, ...] = ("reversed", "withdrawn", "lost", "unsettled", "decided", "shifted", "gained", "settled")


class _Both:
    """Both rule sets side by side, what they share worked out once."""

    def __init__(self, old: RuleSet, new: RuleSet) -> None:
        self.old, self.new = old, new
        self.places = _places(old, new)
        self.differing = differing_facts(old, new)
        self.shown = _finding_keys(old) | _finding_keys(new)
        keys = sorted(old.conditions.keys() & new.conditions.keys())
        self._readers = (old.program.reader(keys), new.program.reader(keys))
        self._same_tables = old.of(Candidacy) == new.of(Candidacy) and old.of(Contraindication) == new.of(
            Contraindication
        )
        self._same_keys = old.conditions.keys() == new.conditions.keys()
        self._derived: dict[tuple[int, int], Mapping[str, Fact]] = {}

    def results(self, person: Person) -> tuple[Results, Results]:
        return self._results(self.old, person), self._results(self.new, person)

    def _results(self, rules: RuleSet, person: Person) -> Results:
        """Facts are derived once for a history; where both have the same parameters, once for both."""
        base = self.old if rules.parameters == self.old.parameters else rules
        key = (id(base), id(person.history))
        if key not in self._derived:
            self._derived[key] = facts_for(base, person.history)
        return rules.program.evaluate({**self._derived[key], **person.changed})

    def changes(self, before: Results, after: Results) -> Iterator[Change]:
        same = self._readers[0](before) == self._readers[1](after)
        if not (same and self._same_tables):
            yield from self._verdicts(before, after)
        if not (same and self._same_keys):
            yield from self._findings(before, after)

    def _verdicts(self, before: Results, after: Results) -> Iterator[Change]:
        for place in self.places:
            was = dict(statuses(self.old, before, place))
            now = dict(statuses(self.new, after, place))
            for name in sorted(was.keys() | now.keys()):
                first, second = was.get(name), now.get(name)
                if first is not second:
                    words = (first.value if first else "not assessed", second.value if second else "not assessed")
                    yield Change(name.value, place or NONE_CHOSEN, *words, _verdict_kind(first, second), safety=True)

    def _findings(self, before: Results, after: Results) -> Iterator[Change]:
        for key, safety in self.shown:
            first, second = _truth(self.old, before, key), _truth(self.new, after, key)
            if first is not second:
                yield Change(key, ANYWHERE, first.value, second.value, _finding_kind(first, second), safety)

    def telling(self, person: Person, results: Results) -> dict[str, str]:
        """What was set for this patient, and the facts that the differing conditions read."""
        names = dict.fromkeys((*person.changed, *self.differing[:12]))
        return {name: said(results.facts.get(name)) for name in names}


def said(fact: Fact | None) -> str:
    """A made-up patient's fact in words."""
    match fact:
        case Known(Interval(low, high)):
            return f"{'?' if low is None else low} to {'?' if high is None else high}"
        case Known(value):
            return str(value).lower() if isinstance(value, bool) else str(value)
        case _:
            return "unknown"


def _places(old: RuleSet, new: RuleSet) -> tuple[str | None, ...]:
    """No place, and every place that a table of either names."""
    named = {
        code
        for rules in (old, new)
        for table in rules.of(Candidacy)
        for codes in table.columns.values()
        for code in codes
    }
    known = old.jurisdictions.keys() & new.jurisdictions.keys()
    return (None, *sorted((named - {ANYWHERE, NONE_CHOSEN}) & known))


def _finding_keys(rules: RuleSet) -> frozenset[tuple[str, bool]]:
    """The conditions that an answer shows as findings, and whether they are about safety; tables are compared as verdicts."""
    kinds: dict[str, str] = {rule.id: rule.kind for rule in rules.knowledge.rules}
    owners = defaultdict(list)
    for key in rules.conditions:
        owners[key.partition("/")[0]].append(key)
    return frozenset(
        (key, kinds[owner] in SAFETY_KINDS)
        for owner, keys in owners.items()
        if kinds[owner] != "candidacy"
        for key in keys
        if not key.endswith("/@satisfied")
    )


def _truth(rules: RuleSet, results: Results, key: str) -> Truth:
    """A condition that a rule set does not have holds for nobody."""
    return results.truth(key) if key in rules.conditions else Truth.FALSE


def _verdict_kind(before: Status | None, after: Status | None) -> Kind:
    if before is None:
        return "gained"
    if after is None:
        return "withdrawn"
    if (before in GIVING and after in AGAINST) or (before in AGAINST and after in GIVING):
        return "reversed"
    if before is OPEN:
        return "decided"
    return "withdrawn" if after is OPEN else "shifted"


def _finding_kind(before: Truth, after: Truth) -> Kind:
    if after is Truth.TRUE:
        return "gained"
    if before is Truth.TRUE:
        return "lost"
    return "settled" if before is Truth.UNKNOWN else "unsettled"
