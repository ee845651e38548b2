"""Where a reading or a sample lies in a pregnancy: before it, at which gestation, or after the birth."""

from dataclasses import dataclass

from app.clinical.catalogue import Case, per_case
from app.clinical.intervals import at_least, days_since
from app.clinical.scalars import GestationalAge
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Interval, Known, Number

ANY = Interval()


def interval_of(item: Fact) -> Interval:
    """A number fact as an interval; unbounded when it is not known."""
    if not isinstance(item, Known) or isinstance(item.value, bool | str):
        return ANY
    return item.value if isinstance(item.value, Interval) else Interval(item.value, item.value)


def truth_of(item: Fact) -> Truth:
    """A yes-or-no fact as a Truth."""
    return of(item.value is True) if isinstance(item, Known) else Truth.UNKNOWN


def contradicts(stated: Fact, found: Truth) -> bool:
    """Whether an entry says the opposite of what was found. Silence in a list vouched for as complete gives way instead."""
    silent = all(place.count("/") == 1 for place in stated.sources)
    return isinstance(stated, Known) and truth_of(stated) is ~found and not silent


def minus(one: Interval, other: Interval) -> Interval:
    """``one - other`` for half-known numbers."""
    low = None if one.low is None or other.high is None else one.low - other.high
    high = None if one.high is None or other.low is None else one.high - other.low
    return Interval(low, high)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A pregnancy as seen from the date of assessment, in days.

    ``gestation`` is the gestation at the anchor: today while she is pregnant, the birth once she is postpartum.
    ``back`` is how many days ago the anchor was.
    """

    pregnant: Truth
    postpartum: Truth
    gestation: Interval
    back: Interval

    @property
    def over(self) -> Truth:
        """Whether there is neither a pregnancy now nor a birth within the postpartum time."""
        return all_of((~self.pregnant, ~self.postpartum))

    def back_of(self, gestation: Interval) -> Interval:
        """How many days ago this gestation was."""
        return minus(
            Interval(_sum(self.back.low, self.gestation.low), _sum(self.back.high, self.gestation.high)), gestation
        )

    def gestation_at(self, back: Interval) -> Interval:
        """Gestation so many days ago; above the gestation at the birth it lies after it."""
        return minus(self.gestation, minus(back, self.back))

    def after_birth(self, back: Interval) -> Truth:
        """Whether that many days ago the birth had happened."""
        return all_of((self.postpartum, at_least(minus(self.back, back), 0)))

    def from_gestation(self, days: int, back: Interval, stated: Interval | None = None) -> Truth:
        """Whether a moment lies at or after ``days`` of gestation in this pregnancy, or after its birth.

        ``stated`` is the gestation that the sender gave for the moment itself.
        """
        if stated is not None:
            return all_of((~self.over, at_least(stated, days)))
        reached = at_least(self.gestation_at(back), days)
        return all_of((~self.over, any_of((reached, self.after_birth(back)))))

    def now_from(self, days: int) -> Truth:
        """Whether today lies at or after ``days`` of gestation, or after the birth."""
        return any_of((self.postpartum, all_of((self.pregnant, at_least(self.gestation, days)))))


def _sum(one: Number | None, other: Number | None) -> Number | None:
    return None if one is None or other is None else one + other


@per_case
def timeline(case: Case) -> Timeline:
    """The timeline of the pregnancy or the birth that the history speaks of."""
    pregnant, postpartum = truth_of(case.fact("pregnancy.pregnant")), truth_of(case.fact("pregnancy.postpartum"))
    birth = case.history.postpartum
    if postpartum is Truth.TRUE:
        at_birth = birth.delivered_at.in_days if birth and birth.delivered_at else ANY
        since = interval_of(case.fact("pregnancy.postpartum_days"))
        return Timeline(pregnant, postpartum, at_birth, Interval(since.low or 0, since.high))
    if pregnant is Truth.TRUE:
        return Timeline(pregnant, postpartum, interval_of(case.fact("pregnancy.gestation_days")), Interval(0, 0))
    return Timeline(pregnant, postpartum, ANY, ANY)


def days_back(case: Case, on: object | None) -> Interval:
    """How many days before the assessment a (partial) date lies; without one, any number from today on back."""
    return Interval(0, None) if on is None else days_since(str(on), case.as_of)


def stated_gestation(age: GestationalAge | None) -> Interval | None:
    """The gestation a sender gave for one entry, in days."""
    return None if age is None else age.in_days
