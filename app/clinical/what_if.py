"""What would settle each open verdict, made from the verdicts of one patient."""

from collections.abc import Iterable, Iterator
from typing import Literal

from app.clinical.catalogue import specifications
from app.clinical.findings import tri
from app.clinical.history import Indication
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.clinical.lens import Lens, lens_of
from app.clinical.parts import CodingShape
from app.clinical.question_set import question_set
from app.clinical.questions import question_of
from app.clinical.settling import Outcome, Settling, contraindicating, settle, undecided, verdict_in
from app.clinical.stances import Status
from app.clinical.verdicts import PLACE, Judged, is_settled, open_facts, verdicts
from app.clinical.what_if_shapes import AnswerOutcome, NumberRange, OpenVerdict, SetQuestion, SettlingFact, SmallestSet
from app.logic.answers import Answer, Region
from app.logic.evaluator import Results
from app.logic.values import Known


def open_verdicts(
    lens: Lens, results: Results, asked: Iterable[Indication] | None
) -> tuple[tuple[OpenVerdict, ...], SmallestSet]:
    """Each open verdict with the facts that settle it alone, and the smallest set of questions for all of them."""
    judged = list(verdicts(lens, results, asked))
    waiting = undecided(judged, results)
    dangers = contraindicating(lens, results)
    wanted = [(item, dict.fromkeys((*open_facts(item.verdict, results), *dangers))) for item in waiting]
    found = zip(waiting, settle(lens, results, wanted), strict=True)
    shown = [_open(lens, results, item, settlings) for item, settlings in found]
    if lens.jurisdiction is None:
        shown += (_open(lens, results, item, (_by_place(lens, results, item),)) for item in _conflicting(judged))
    chosen = question_set(lens, results, waiting)
    questions = tuple(_set_question(lens, fact) for fact in chosen.facts)
    return tuple(shown), SmallestSet(questions, "exact" if chosen.exact else "greedy")


def _conflicting(judged: Iterable[Judged]) -> Iterator[Judged]:
    return (item for item in judged if item.verdict.status is Status.CONFLICTING)


def _by_place(lens: Lens, results: Results, item: Judged) -> Settling:
    """What choosing each place that the table names makes of a verdict on which issuers disagree."""
    codes = sorted({code for codes in item.table.columns.values() for code in codes} - {ANYWHERE, NONE_CHOSEN})
    return Settling(PLACE, tuple(_in_place(lens_of(lens.rules, code), results, item, code) for code in codes))


def _in_place(lens: Lens, results: Results, item: Judged, code: str) -> Outcome:
    verdict = verdict_in(lens, item.table, results)
    return Outcome(Answer(code, Known(code)), verdict, settled=is_settled(verdict, results))


def _open(lens: Lens, results: Results, item: Judged, settlings: Iterable[Settling]) -> OpenVerdict:
    telling = sorted((one for one in settlings if one.ever), key=lambda one: not one.always)
    verdict = item.verdict
    return OpenVerdict(
        item.indication,
        tri(verdict.arises),
        verdict.status,
        verdict.possible,
        open_facts(verdict, results),
        tuple(_fact(lens, item.indication, one) for one in telling),
    )


def _fact(lens: Lens, indication: Indication, found: Settling) -> SettlingFact:
    spec, ask = specifications()[found.fact], question_of(lens, indication, found.fact)
    codes = tuple(CodingShape(code.system, code.code, code.display) for code in spec.codes)
    answers = tuple(_answer(item) for item in _joined(found.outcomes))
    settles: Literal["any_answer", "some_answers"] = "any_answer" if found.always else "some_answers"
    return SettlingFact(found.fact, ask.id, ask.question, ask.unit or spec.unit, codes, settles, answers)


def _joined(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Neighbouring ranges of numbers with one outcome are one range."""
    before: Outcome | None = None
    for item in outcomes:
        if before and _alike(before, item):
            low, high = before.answer.says, item.answer.says
            assert isinstance(low, Region)
            assert isinstance(high, Region)
            joined = Region(low.low, high.high, low.low_included, high.high_included)
            before = Outcome(Answer(joined, item.answer.known), item.verdict, item.settled)
            continue
        if before:
            yield before
        before = item
    if before:
        yield before


def _alike(first: Outcome, second: Outcome) -> bool:
    numbers = isinstance(first.answer.says, Region) and isinstance(second.answer.says, Region)
    return numbers and first.settled == second.settled and first.verdict == second.verdict


def _answer(item: Outcome) -> AnswerOutcome:
    says, verdict = item.answer.says, item.verdict
    return AnswerOutcome(
        says if isinstance(says, bool) else None,
        says if isinstance(says, str) else None,
        _range(says) if isinstance(says, Region) else None,
        item.settled,
        verdict.status,
        verdict.possible,
        verdict.decided_by,
        verdict.sentence.cite,
    )


def _range(region: Region) -> NumberRange:
    return NumberRange(
        region.low,  # type: ignore[arg-type]  # an int is sent as it is
        region.low_included,
        region.high,  # type: ignore[arg-type]  # as above
        region.high_included,
    )


def _set_question(lens: Lens, fact: str) -> SetQuestion:
    ask = question_of(lens, None, fact)
    return SetQuestion(fact, ask.id, ask.question, ask.unit or specifications()[fact].unit)
