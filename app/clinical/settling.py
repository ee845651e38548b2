"""What would settle an undecided verdict: each missing fact, each possible answer, one pass over all of them.

Candidacy is read by ``candidacy.judge`` in every world, exactly as for the patient herself. Answers are taken fact by fact;
facts that are derived from the same entries of a history may in truth change together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.clinical.candidacy import Verdict, judge
from app.clinical.candidacy_rules import Candidacy
from app.clinical.lens import Lens
from app.clinical.rules import Contraindication
from app.clinical.verdicts import Judged, absolute_contraindications, is_settled, open_facts
from app.logic.answers import Answer, leaves_of, possible_answers
from app.logic.conditions import Leaf
from app.logic.evaluator import Results
from app.logic.parallel import Worlds
from app.logic.values import Fact, Known


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verdict becomes with one answer; ``settled`` when no missing fact can change it but an absolute contraindication."""

    answer: Answer
    verdict: Verdict
    settled: bool


@dataclass(frozen=True, slots=True)
class Settling:
    """One missing fact, and what each answer to it makes of the verdict."""

    fact: str
    outcomes: tuple[Outcome, ...]

    @property
    def always(self) -> bool:
        """Whether every possible answer settles the verdict."""
        return all(item.settled for item in self.outcomes)

    @property
    def ever(self) -> bool:
        """Whether an answer settles it."""
        return any(item.settled for item in self.outcomes)


def settling_alone(lens: Lens, results: Results, judged: Judged) -> frozenset[str]:
    """The missing facts of an undecided verdict that settle it by themselves, whatever the answer."""
    wanted = open_facts(judged.verdict, results) if judged.shown else ()
    if not wanted:
        return frozenset()
    return frozenset(item.fact for item in settle(lens, results, ((judged, wanted),))[0] if item.always)


def settle(
    lens: Lens, results: Results, wanted: Sequence[tuple[Judged, Iterable[str]]]
) -> tuple[tuple[Settling, ...], ...]:
    """For each verdict, what each answer to each of its facts makes of it."""
    asked = {fact: answers_of(lens, results, fact) for _, facts in wanted for fact in facts}
    changes = [(fact, answer) for fact, answers in asked.items() for answer in answers]
    worlds = Worlds(lens.rules.program, results.facts, [{fact: answer.known} for fact, answer in changes])
    at: dict[str, list[tuple[Answer, Results]]] = {fact: [] for fact in asked}
    for world, (fact, answer) in enumerate(changes, 1):
        at[fact].append((answer, worlds.at(world)))
    return tuple(
        tuple(Settling(fact, tuple(_outcome(lens, item.table, *world) for world in at[fact])) for fact in facts)
        for item, facts in wanted
    )


def _outcome(lens: Lens, table: Candidacy, answer: Answer, results: Results) -> Outcome:
    verdict = verdict_in(lens, table, results)
    return Outcome(answer, verdict, settled=is_settled(verdict, results))


def verdict_in(lens: Lens, table: Candidacy, results: Results) -> Verdict:
    """The verdict of a table, read as for any patient."""
    return judge(table, lens.jurisdiction, results, absolute_contraindications(lens, results))


def undecided(judged: Iterable[Judged], results: Results) -> list[Judged]:
    """The verdicts that wait for a fact."""
    return [item for item in judged if not is_settled(item.verdict, results)]


def contraindicating(lens: Lens, results: Results) -> tuple[str, ...]:
    """The missing facts that could still make an absolute contraindication hold."""
    rules = (rule for rule in lens.all_here(Contraindication) if rule.level == "absolute")
    return tuple(dict.fromkeys(fact for rule in rules for fact in results.missing(rule.id)))


def answers_of(lens: Lens, results: Results, fact: str) -> tuple[Answer, ...]:
    """The possible answers for a fact, less what is already ruled out."""

    def answers(known: Fact | None) -> tuple[Answer, ...]:
        program = lens.rules.program
        leaves: Mapping[str, tuple[Leaf, ...]] = lens.keep(("leaves",), lambda: leaves_of(program.graph))
        return possible_answers(program.names.facts[fact], leaves.get(fact, ()), known)

    known = results.facts.get(fact)
    # Where nothing is ruled out the answers are the same for every patient.
    return answers(known) if isinstance(known, Known) else lens.keep(("answers", fact), lambda: answers(None))
