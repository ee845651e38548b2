"""What is missing, as questions: those that a verdict waits for first, each fact asked for once."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.clinical.assessment import MissingFact
from app.clinical.catalogue import FactSpec, specifications
from app.clinical.history import Indication
from app.clinical.lens import Lens
from app.clinical.parts import CodingShape
from app.clinical.rules import Ask
from app.logic.values import Fact, Reason, Unknown

SAFETY = "safety"


@dataclass(slots=True)
class Need:
    """The facts that one subject (an indication, or safety) waits for; each of ``alone`` settles its verdict by itself.

    ``later`` ones come after those of subjects in question now.
    """

    subject: Indication | None
    decides: tuple[str, ...]
    informs: tuple[str, ...] = ()
    alone: frozenset[str] = frozenset()
    later: bool = False
    asked: dict[str, None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.subject.value if self.subject else SAFETY


@dataclass(slots=True)
class _Question:
    """A question in the making."""

    ask: Ask
    decides: bool
    facts: dict[str, None] = field(default_factory=dict)
    matters_for: dict[str, None] = field(default_factory=dict)


def ask(needs: Sequence[Need], lens: Lens, facts: Mapping[str, Fact]) -> tuple[MissingFact, ...]:
    """One question for each group of missing facts: what decides first, then the order of the ask-lists.
    Where something is in question, whether something else is comes after it. A question that any verdict waits for says so.

    Among the facts that decide a verdict, those come first that settle it alone, whatever the answer.

    A fact is asked for by one question only, that of the subject that needs it first. The questions each need caused
    are recorded in ``need.asked``.
    """
    found: dict[str, _Question] = {}
    asked_by: dict[str, _Question] = {}
    for later, decisive in ((False, True), (False, False), (True, True), (True, False)):
        for need in needs:
            wanted = () if need.later is not later else need.decides if decisive else need.informs
            name = need.name if wanted else ""
            for fact_id, question in _ordered(wanted, lens.questions(need.subject), need.alone):
                # The safety questions are a fixed list: each stays whole, even where a verdict asks for one of its facts too.
                known = asked_by.get(fact_id) if need.subject else None
                held = known or found.setdefault(question.id, _Question(question, decisive))
                asked_by[fact_id] = held
                held.decides = held.decides or decisive
                held.facts[fact_id] = None
                held.matters_for[name] = None
                need.asked[held.ask.id] = None
    return tuple(_kept(lens, item, facts) for item in found.values())


def _ordered(
    wanted: Iterable[str], questions: Mapping[str, tuple[int, Ask]], first: Container[str]
) -> Iterator[tuple[str, Ask]]:
    """The wanted facts with their questions, in the order of asking; those in no list come last, as they are met."""
    unique = dict.fromkeys(wanted)
    # The place among the wanted comes before the fact, so that equal ranks stay in the order they are met.
    listed = [
        (item not in first, questions[item][0], place, item) for place, item in enumerate(unique) if item in questions
    ]
    listed.sort()
    yield from ((item, questions[item][1]) for *_, item in listed)
    yield from ((item, _own_question(item)) for item in unique if item not in questions)


def question_of(lens: Lens, subject: Indication | None, fact_id: str) -> Ask:
    """The question that asks for a fact on this subject."""
    listed = lens.questions(subject).get(fact_id)
    return listed[1] if listed else _own_question(fact_id)


def _own_question(fact_id: str) -> Ask:
    spec = specifications()[fact_id]
    return Ask(id=fact_id.replace(".", "-").replace("_", "-"), facts=(fact_id,), question=spec.question, unit=spec.unit)


def _kept(lens: Lens, question: _Question, facts: Mapping[str, Fact]) -> MissingFact:
    ids, subjects, reason = (
        tuple(question.facts),
        tuple(question.matters_for),
        _reason(facts.get(next(iter(question.facts)))),
    )
    key = ("missing", question.ask.id, question.decides, ids, subjects, reason)
    return lens.keep(key, lambda: _missing(question.ask, ids, subjects, reason, decides=question.decides))


def _missing(
    question: Ask, ids: tuple[str, ...], subjects: tuple[str, ...], reason: str, *, decides: bool
) -> MissingFact:
    specs = [specifications()[item] for item in ids]
    return MissingFact(
        id=question.id,
        fact=ids[0],
        facts=ids,
        question=question.question,
        unit=question.unit or specs[0].unit,
        codes=_codes(specs),
        reason=reason,
        decides=decides,
        matters_for=subjects,
    )


def _codes(specs: Iterable[FactSpec]) -> tuple[CodingShape, ...]:
    unique = dict.fromkeys(code for spec in specs for code in spec.codes)
    return tuple(CodingShape(item.system, item.code, item.display) for item in unique)


def _reason(fact: Fact | None) -> str:
    if isinstance(fact, Unknown):
        return fact.reason.value
    return Reason.NOT_SENT.value if fact is None else "only_bounds_known"
