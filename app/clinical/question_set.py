"""The smallest set of questions that settles every undecided verdict, whatever is answered.

A set settles a verdict when it is settled in every combination of answers. Where it is not, the facts that are still open
in such a combination are a clue: every set that settles must hold one of them, because no other fact can move that verdict
there. So the smallest set that holds one fact of every clue found, checked until no combination contradicts it, is the
smallest of all. Beyond the limits below a set is grown fact by fact instead and then thinned, and says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.clinical.candidacy_rules import Candidacy
from app.clinical.lens import Lens
from app.clinical.settling import answers_of, verdict_in
from app.clinical.verdicts import Judged, open_facts
from app.logic.evaluator import Results
from app.logic.parallel import Worlds
from app.logic.values import Fact

MOST_EXACT = 14
"""Above so many open facts the smallest set is not looked for."""
MOST_WORLDS = 200
"""Combinations of answers looked at for one verdict and one set; beyond, all its open facts are asked."""
MOST_IN_ALL = 800
"""Combinations looked at in all before the search stops to improve what it has."""
MOST_CLUES = 150
"""Clues after which the exact search gives up."""

World = dict[str, Fact]
Clue = frozenset[str]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Facts that settle every undecided verdict together; ``exact`` when no smaller set does."""

    facts: tuple[str, ...]
    exact: bool


class _TooManyError(Exception):
    """More combinations of answers, or more clues, than are looked at."""


@dataclass(slots=True)
class _Search:
    """One patient's undecided tables, and what was found out about sets of facts so far."""

    lens: Lens
    results: Results
    tables: Sequence[tuple[Candidacy, tuple[str, ...]]]
    checked: dict[tuple[int, Clue], Clue | None] = field(default_factory=dict)
    seen: int = 0

    def clue(self, number: int, chosen: Clue) -> Clue | None:
        """The facts still open in some combination of answers to ``chosen``; None when the verdict is settled in all."""
        table, facts = self.tables[number]
        key = (number, chosen & frozenset(facts))
        if key not in self.checked:
            found = next(self._loose_ends(table, set(key[1])), None)
            self.checked[key] = frozenset(found) if found else None
        return self.checked[key]

    def grow(self, number: int, chosen: set[str], worth: Mapping[str, int]) -> None:
        """Add facts until the verdict is settled in every combination of answers to ``chosen``."""
        for still_open in self._loose_ends(self.tables[number][0], chosen):
            chosen.add(min(still_open, key=lambda fact: (-worth[fact], fact)))

    def _loose_ends(self, table: Candidacy, chosen: set[str]) -> Iterator[tuple[str, ...]]:
        """The open facts of each combination of answers that leaves the verdict open and asks for none of ``chosen``.

        Whoever adds one of them to ``chosen`` before going on gets on with that combination.
        """
        waiting: list[World] = [{}]
        seen = 0
        while waiting:
            seen += len(waiting)
            self.seen += len(waiting)
            if seen > MOST_WORLDS or self.seen > MOST_IN_ALL:
                raise _TooManyError
            worlds = Worlds(self.lens.rules.program, self.results.facts, waiting)
            following: list[World] = []
            for number, world in enumerate(waiting, 1):
                results = worlds.at(number)
                still_open = open_facts(verdict_in(self.lens, table, results), results)
                if not still_open:
                    continue
                if chosen.isdisjoint(still_open):
                    yield still_open
                asked = next(fact for fact in still_open if fact in chosen)
                following += ({**world, asked: item.known} for item in answers_of(self.lens, self.results, asked))
            waiting = following


def question_set(lens: Lens, results: Results, waiting: Iterable[Judged]) -> QuestionSet:
    """The smallest set of facts that settles these verdicts, or a small one where there is too much to look at."""
    tables = [(item.table, open_facts(item.verdict, results)) for item in waiting]
    search = _Search(lens, results, tables)
    order = list(dict.fromkeys(fact for _, facts in tables for fact in facts))
    if len(order) <= MOST_EXACT:
        try:
            return QuestionSet(_sorted(_smallest(search), order), exact=True)
        except _TooManyError:
            pass
    return QuestionSet(_sorted(_thinned(search, _grown(search, order)), order), exact=False)


def _sorted(facts: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(facts, key=order.index))


def _smallest(search: _Search) -> Clue:
    clues: list[Clue] = []
    while True:
        chosen = _hitting(clues)
        found = [clue for number in range(len(search.tables)) if (clue := search.clue(number, chosen)) is not None]
        if not found:
            return chosen
        clues += found
        if len(clues) > MOST_CLUES:
            raise _TooManyError


def _hitting(clues: Sequence[Clue]) -> Clue:
    """A smallest set that holds a fact of every clue, found by trying the sizes from below."""
    size = 0
    while True:
        found = _hit(clues, frozenset(), size)
        if found is not None:
            return found
        size += 1


def _hit(clues: Sequence[Clue], chosen: Clue, left: int) -> Clue | None:
    missed = min(
        (clue for clue in clues if not clue & chosen), key=lambda clue: (len(clue), sorted(clue)), default=None
    )
    if missed is None:
        return chosen
    if left == 0:
        return None
    tried = (_hit(clues, chosen | {fact}, left - 1) for fact in sorted(missed))
    return next((found for found in tried if found is not None), None)


def _grown(search: _Search, order: Sequence[str]) -> Clue:
    """Facts added one by one, those that most tables wait for first, until every combination of answers is settled."""
    worth = {fact: sum(fact in facts for _, facts in search.tables) for fact in order}
    chosen: set[str] = set()
    for number, (_, facts) in enumerate(search.tables):
        search.seen = 0
        try:
            search.grow(number, chosen, worth)
        except _TooManyError:
            chosen |= set(facts)  # all that can bear on it: nothing is left open after these
    search.seen = 0
    return frozenset(chosen)


def _thinned(search: _Search, chosen: Clue) -> Clue:
    """The same facts less those without which all verdicts are still settled."""
    for fact in sorted(chosen):
        if _settles(search, chosen - {fact}, fact):
            chosen -= {fact}
    return chosen


def _settles(search: _Search, chosen: Clue, left_out: str) -> bool:
    concerned = [number for number, (_, facts) in enumerate(search.tables) if left_out in facts]
    try:
        return all(search.clue(number, chosen) is None for number in concerned)
    except _TooManyError:
        return False
