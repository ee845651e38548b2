"""Blood pressure readings put together as definitions need them. Every limit is a parameter of the rule set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import at_least
from app.clinical.result_sections import BloodPressure
from app.clinical.timeline import Timeline, days_back, minus, stated_gestation, timeline, truth_of
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

MINUTES_IN_DAY = 1440
MINUTES_IN_HOUR = 60
ASK_READINGS = (
    "What are her blood pressure readings, with date and time, and did she take an antihypertensive at the time? "
    "Two readings at least 4 hours apart are needed; 160/110 mm Hg or more is confirmed within minutes."
)
WHERE_SHE_IS = ("pregnancy.pregnant", "pregnancy.postpartum", "pregnancy.gestation_days")
PRESSURE = ("vitals", "current_pregnancy", "postpartum")


@dataclass(frozen=True, slots=True)
class Reading:
    """One distinct reading: where it lies, and how many minutes ago it was taken."""

    pointer: str
    entry: BloodPressure
    recent: Truth
    ago: Interval

    def reaches(self, systolic: Number, diastolic: Number) -> Truth:
        """At or above either limit. A lower reading says no only if she took no antihypertensive."""
        if self.entry.systolic >= systolic or self.entry.diastolic >= diastolic:
            return Truth.TRUE
        return Truth.FALSE if self.entry.treated is False else Truth.UNKNOWN

    def exceeds(self, systolic: Number, diastolic: Number) -> Truth:
        """Above either limit; otherwise as ``reaches``."""
        return self.reaches(systolic + 1, diastolic + 1)


@dataclass(frozen=True, slots=True)
class Raised:
    """A reading with its verdict: certainly within the time that counts and raised, possibly, or not."""

    reading: Reading
    truth: Truth


def readings(case: Case, from_days: int) -> list[Reading]:
    """The distinct readings; ``recent`` says whether each lies at or after ``from_days`` of gestation, or after the birth."""
    line = timeline(case)
    distinct = {entry: index for index, entry in reversed(list(enumerate(case.history.vitals or ())))}
    return [_reading(case, line, index, entry, from_days) for entry, index in reversed(distinct.items())]


def _reading(case: Case, line: Timeline, index: int, entry: BloodPressure, from_days: int) -> Reading:
    stated = stated_gestation(entry.gestational_age)
    back = days_back(case, entry.on) if entry.on or stated is None else line.back_of(stated)
    return Reading(
        f"/vitals/{index}", entry, line.from_gestation(from_days, back, stated), _minutes_ago(back, entry.time)
    )


def _minutes_ago(back: Interval, time: str | None) -> Interval:
    """Minutes before the end of the day of assessment."""
    first, last = (0, MINUTES_IN_DAY) if time is None else (_left_of_day(time),) * 2
    return Interval(
        None if back.low is None else back.low * MINUTES_IN_DAY + first,
        None if back.high is None else back.high * MINUTES_IN_DAY + last,
    )


def _left_of_day(time: str) -> int:
    hours, minutes = time.split(":")
    return MINUTES_IN_DAY - int(hours) * MINUTES_IN_HOUR - int(minutes)


def _apart(one: Reading, other: Reading, minutes: Number) -> Truth:
    """Whether two readings were taken at least so many minutes apart, in either order."""
    gap = minus(one.ago, other.ago)
    later = Interval(None if gap.high is None else -gap.high, None if gap.low is None else -gap.low)
    return any_of((at_least(gap, minutes), at_least(later, minutes)))


def _new_readings(case: Case) -> list[Reading]:
    return readings(case, int(case.number("hypertension.new_from_days")))


def _raised(found: Iterable[Reading], systolic: Number, diastolic: Number) -> list[Raised]:
    return [Raised(item, all_of((item.recent, item.reaches(systolic, diastolic)))) for item in found]


def _pair(raised: Sequence[Raised], minutes: Number) -> Truth:
    return any_of(
        all_of((one.truth, other.truth, _apart(one.reading, other.reading, minutes)))
        for one, other in combinations(raised, 2)
    )


def _two(raised: Sequence[Raised]) -> Truth:
    return any_of(all_of((one.truth, other.truth)) for one, other in combinations(raised, 2))


def _conclude(case: Case, met: Truth, raised: Sequence[Raised]) -> Fact:
    """TRUE when met. No only outside the time that counts, or when all readings are listed and each is certainly normal."""
    sources = tuple(item.reading.pointer for item in raised if item.truth is not Truth.FALSE)
    if met is Truth.TRUE:
        return Known(True, sources)
    if timeline(case).now_from(int(case.number("hypertension.new_from_days"))) is Truth.FALSE:
        return Known(False, tuple(place for item in WHERE_SHE_IS for place in case.fact(item).sources))
    within = any(item.reading.recent is Truth.TRUE for item in raised)
    if within and not sources and case.complete(Section.VITALS):
        return Known(False, ("/vitals",))
    if not raised:
        return case.absent(Section.VITALS)
    return Unknown(Reason.NOT_DETERMINABLE, sources or ("/vitals",))


@fact("bp.raised_twice", "boolean", question=ASK_READINGS, read_from=PRESSURE)
def raised_twice(case: Case) -> Fact:
    """Systolic or diastolic pressure (mm Hg) at or above the ACOG limits in two readings at least 4 hours apart,
    from 20 weeks or after the birth [acog-222-bp].
    """
    limits = case.number("bp.raised_systolic"), case.number("bp.raised_diastolic")
    raised = _raised(_new_readings(case), *limits)
    return _conclude(case, _pair(raised, case.number("bp.apart_minutes")), raised)


@fact("bp.raised_twice_nice", "boolean", question=ASK_READINGS, read_from=PRESSURE)
def raised_twice_nice(case: Case) -> Fact:
    """Systolic or diastolic pressure (mm Hg) over the NICE limits in two readings, from 20 weeks or after the birth;
    no interval between them is printed [nice-definition].
    """
    over = case.number("bp.nice_over_systolic"), case.number("bp.nice_over_diastolic")
    raised = [Raised(item, all_of((item.recent, item.exceeds(*over)))) for item in _new_readings(case)]
    return _conclude(case, _two(raised), raised)


def _severe(case: Case) -> list[Raised]:
    return _raised(_new_readings(case), case.number("bp.severe_systolic"), case.number("bp.severe_diastolic"))


@fact("bp.severe_once", "boolean", question=ASK_READINGS, read_from=PRESSURE)
def severe_once(case: Case) -> Fact:
    """One reading at or above the severe limits, from 20 weeks or after the birth; to be confirmed within minutes."""
    severe = _severe(case)
    return _conclude(case, any_of(item.truth for item in severe), severe)


@fact("bp.severe_twice", "boolean", question=ASK_READINGS, read_from=PRESSURE)
def severe_twice(case: Case) -> Fact:
    """Two readings at or above the severe limits, however close together, from 20 weeks or after the birth [acog-222-bp]."""
    severe = _severe(case)
    return _conclude(case, _two(severe), severe)


@fact("bp.severe_sustained", "boolean", question=ASK_READINGS, read_from=PRESSURE)
def severe_sustained(case: Case) -> Fact:
    """Severe pressure in two readings at least 4 hours apart, or in one where treatment came first
    [acog-222-severe-features].
    """
    severe = _severe(case)
    pair = _pair(severe, case.number("bp.apart_minutes"))
    return _conclude(case, any_of((pair, _severe_then_treated(severe))), severe)


def _severe_then_treated(severe: Sequence[Raised]) -> Truth:
    """A severe reading under treatment, or one that treatment certainly followed."""
    return any_of(
        all_of((one.truth, of(other.reading.entry.treated is True), _not_before(other.reading, one.reading)))
        for one in severe
        for other in severe
    )


def _not_before(one: Reading, other: Reading) -> Truth:
    return Truth.TRUE if one is other else at_least(minus(other.ago, one.ago), 0)


@fact("bp.raised_reported", "boolean", question=ASK_READINGS, read_from=("vitals",))
def raised_reported(case: Case) -> Fact:
    """Whether any reading, at any time, is at or above the ACOG limits for raised pressure (mm Hg)."""
    limits = case.number("bp.raised_systolic"), case.number("bp.raised_diastolic")
    listed = case.history.vitals or ()
    found = tuple(
        f"/vitals/{index}"
        for index, item in enumerate(listed)
        if item.systolic >= limits[0] or item.diastolic >= limits[1]
    )
    if found or (listed and case.complete(Section.VITALS)):
        return Known(bool(found), found or ("/vitals",))
    return case.absent(Section.VITALS)


def _highest(case: Case, which: str) -> Fact:
    """The highest reading of this pregnancy or after its birth; open at the top unless all readings are listed."""
    found = [item for item in readings(case, 0) if item.recent is not Truth.FALSE]
    certain = [getattr(item.entry, which) for item in found if item.recent is Truth.TRUE]
    if not certain:
        return Unknown(Reason.NOT_DETERMINABLE, ("/vitals",)) if found else case.absent(Section.VITALS)
    top = max(getattr(item.entry, which) for item in found) if case.complete(Section.VITALS) else None
    return Known(Interval(max(certain), top), tuple(item.pointer for item in found))


@fact("bp.highest_systolic", "number", unit="mm[Hg]", question=ASK_READINGS, read_from=PRESSURE)
def highest_systolic(case: Case) -> Fact:
    """Highest systolic pressure in this pregnancy or since the birth, mm Hg."""
    return _highest(case, "systolic")


@fact("bp.highest_diastolic", "number", unit="mm[Hg]", question=ASK_READINGS, read_from=PRESSURE)
def highest_diastolic(case: Case) -> Fact:
    """Highest diastolic pressure in this pregnancy or since the birth, mm Hg."""
    return _highest(case, "diastolic")


@fact(
    "bp.normotensive_before",
    "boolean",
    question="Was her blood pressure normal before 20 weeks, without chronic hypertension?",
    read_from=("conditions", "vitals", "current_pregnancy", "postpartum"),
)
def normotensive_before(case: Case) -> Fact:
    """Whether she had no hypertension before 20 weeks: none known, or only normal untreated readings until then.

    Raised readings before 20 weeks say no once there are two at least 4 hours apart, and leave it open until then.
    """
    chronic = case.fact("condition.chronic_hypertension")
    if truth_of(chronic) is Truth.TRUE:
        return Known(False, chronic.sources)
    limits = case.number("bp.raised_systolic"), case.number("bp.raised_diastolic")
    early = [item for item in _new_readings(case) if item.recent is Truth.FALSE]
    raised = [Raised(item, Truth.TRUE) for item in early if item.reaches(*limits) is Truth.TRUE]
    if raised:
        found = tuple(item.reading.pointer for item in raised)
        twice = _pair(raised, case.number("bp.apart_minutes")) is Truth.TRUE
        return Known(False, found) if twice else Unknown(Reason.NOT_DETERMINABLE, found)
    normal = tuple(item.pointer for item in early if item.reaches(*limits) is Truth.FALSE)
    if truth_of(chronic) is Truth.FALSE or normal:
        return Known(True, (*chronic.sources, *normal))
    return Unknown(Reason.NOT_RECORDED, ("/conditions", "/vitals"))
