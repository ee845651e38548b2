"""What is missing, as questions: those that a verdict waits for first, each question once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.clinical.assessment import CodingShape, MissingFact
from app.clinical.catalogue import FactSpec, specifications
from app.clinical.history import Indication
from app.clinical.knowledge import Ask, AskList
from app.logic.values import Fact, Interval, Known, Reason, Unknown

SAFETY = "safety"


@dataclass(slots=True)
class Need:
    """The facts that one subject (an indication, or safety) waits for."""

    subject: Indication | None
    decides: tuple[str, ...]
    informs: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.subject.value if self.subject else SAFETY


def is_open(fact: Fact | None) -> bool:
    """Whether a fact is unknown or only half known."""
    if isinstance(fact, Known):
        return isinstance(fact.value, Interval) and not fact.value.exact
    return True


def ask(needs: Sequence[Need], lists: Sequence[AskList], facts: Mapping[str, Fact]) -> tuple[MissingFact, ...]:
    """One question for each group of missing facts: what decides first, then the order of the ask-lists.

    The questions each need caused are recorded in ``need.asked``.
    """
    found: dict[str, MissingFact] = {}
    for decisive in (True, False):
        for need in needs:
            wanted = need.decides if decisive else need.informs
            for question, missing in _grouped(need, wanted, lists):
                _record(found, need, question, missing, facts, decides=decisive)
    return tuple(found.values())


def _grouped(need: Need, wanted: Iterable[str], lists: Sequence[AskList]) -> list[tuple[Ask, tuple[str, ...]]]:
    left = list(dict.fromkeys(wanted))
    grouped: list[tuple[Ask, tuple[str, ...]]] = []
    for listed in _lists_for(need, lists):
        for question in listed.questions:
            hits = tuple(item for item in left if item in question.facts)
            if hits:
                grouped.append((question, hits))
                left = [item for item in left if item not in hits]
    return grouped + [(_own_question(item), (item,)) for item in left]


def _lists_for(need: Need, lists: Sequence[AskList]) -> list[AskList]:
    own = [item for item in lists if need.subject in item.applies_to]
    general = [item for item in lists if not item.applies_to]
    rest = [item for item in lists if item not in own and item not in general]
    return [*own, *general, *rest]


def _own_question(fact_id: str) -> Ask:
    spec = specifications()[fact_id]
    return Ask(id=fact_id.replace(".", "-").replace("_", "-"), facts=(fact_id,), question=spec.question, unit=spec.unit)


def _record(
    found: dict[str, MissingFact],
    need: Need,
    question: Ask,
    missing: tuple[str, ...],
    facts: Mapping[str, Fact],
    *,
    decides: bool,
) -> None:
    if question.id not in need.asked:
        need.asked.append(question.id)
    earlier = found.get(question.id)
    if earlier is None:
        found[question.id] = _missing(question, missing, facts, need.name, decides=decides)
    elif need.name not in earlier.matters_for:
        found[question.id] = _missing(
            question, (*earlier.facts, *missing), facts, *earlier.matters_for, need.name, decides=earlier.decides
        )


def _missing(
    question: Ask, missing: Iterable[str], facts: Mapping[str, Fact], *matters_for: str, decides: bool
) -> MissingFact:
    ids = tuple(dict.fromkeys(missing))
    specs = [specifications()[item] for item in ids]
    return MissingFact(
        id=question.id,
        fact=ids[0],
        facts=ids,
        question=question.question,
        unit=question.unit or specs[0].unit,
        codes=_codes(specs),
        reason=_reason(facts.get(ids[0])),
        decides=decides,
        matters_for=matters_for,
    )


def _codes(specs: Iterable[FactSpec]) -> tuple[CodingShape, ...]:
    unique = dict.fromkeys(code for spec in specs for code in spec.codes)
    return tuple(CodingShape(item.system, item.code, item.display) for item in unique)


def _reason(fact: Fact | None) -> str:
    if isinstance(fact, Unknown):
        return fact.reason.value
    return Reason.NOT_SENT.value if fact is None else "only_bounds_known"
