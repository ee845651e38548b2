"""New laboratory findings of preeclampsia and HELLP: newest values from 20 weeks on, and how they compare with before."""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from app.clinical.catalogue import Case, fact, per_case
from app.clinical.laboratory import Sample, newest, read_finding, read_number, samples
from app.clinical.laboratory_tests import TESTS
from app.clinical.timeline import contradicts, days_back, interval_of, timeline, truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

READ_FROM = ("laboratory", "current_pregnancy", "postpartum")


def _is_old(case: Case, item: Sample, from_days: int) -> bool:
    return timeline(case).from_gestation(from_days, days_back(case, item.entry.on)) is Truth.FALSE


@per_case
def _oldest_that_counts(case: Case) -> int:
    """Gestation in days from which findings are new: the limit for new hypertension, or conception while it lies ahead."""
    limit = int(case.number("hypertension.new_from_days"))
    return limit if timeline(case).now_from(limit) is Truth.TRUE else 0


@per_case
def new_samples(case: Case, test: str) -> tuple[Sample, ...]:
    """Results of one test that are not certainly from before the time in which findings are new."""
    limit = _oldest_that_counts(case)
    return tuple(item for item in samples(case, test) if not _is_old(case, item, limit))


def baseline_samples(case: Case, test: str) -> tuple[Sample, ...]:
    """Results from before: those marked as baseline and those certainly too early to be new."""
    limit = _oldest_that_counts(case)
    early = tuple(item for item in samples(case, test) if item.entry.on and _is_old(case, item, limit))
    return samples(case, test, baseline=True) + early


def _newest_number(case: Case, test: str, scale: int) -> Fact:
    return read_number(case, new_samples(case, test), TESTS[test].scales[scale], TESTS[test])


def _declare_number(name: str, test: str, scale: int = 0) -> None:
    spec = TESTS[test]
    declare = fact(
        f"preeclampsia.{name}",
        "number",
        unit=spec.scales[scale].unit,
        question=spec.question,
        read_from=READ_FROM,
        codes=spec.codes,
    )
    declare(partial(_newest_number, test=test, scale=scale))


for _name, _test, _scale in (
    ("platelets", "platelets", 0),
    ("creatinine_umol_l", "creatinine", 0),
    ("creatinine_mg_dl", "creatinine", 1),
    ("ast", "ast", 0),
    ("alt", "alt", 0),
    ("ldh", "ldh", 0),
    ("bilirubin_mg_dl", "bilirubin", 0),
    ("urine_pcr_mg_mmol", "urine_protein_creatinine_ratio", 0),
    ("urine_pcr_mg_mg", "urine_protein_creatinine_ratio", 1),
    ("urine_acr_mg_mmol", "urine_albumin_creatinine_ratio", 0),
    ("urine_protein_24h_mg", "urine_protein_24h", 0),
):
    _declare_number(_name, _test, _scale)


def _quotient(one: Interval, other: Interval) -> Interval:
    """``one / other`` for half-known positive numbers."""
    return Interval(_divide(one.low, other.high), _divide(one.high, other.low))


def _divide(one: Number | None, other: Number | None) -> Decimal | None:
    return None if one is None or not other else Decimal(one) / Decimal(other)


def _settled(value: Interval, sources: Iterable[str]) -> Fact:
    """A number where the interval has shrunk to one, else the interval."""
    return Known(value.low if value.exact and value.low is not None else value, tuple(sources))


@fact(
    "preeclampsia.creatinine_times_baseline",
    "number",
    unit="{ratio}",
    question="What was her serum creatinine before this illness or before 20 weeks, with its unit?",
    read_from=READ_FROM,
    codes=TESTS["creatinine"].codes,
)
def creatinine_times_baseline(case: Case) -> Fact:
    """The newest creatinine as a multiple of the newest baseline creatinine; both in umol/L."""
    test = TESTS["creatinine"]
    now = read_number(case, new_samples(case, test.code), test.scales[0], test)
    before = read_number(case, baseline_samples(case, test.code), test.scales[0], test)
    for part in (now, before):
        if isinstance(part, Unknown):
            return part
    return _settled(_quotient(interval_of(now), interval_of(before)), (*now.sources, *before.sources))


def _times_normal(case: Case, test: str) -> Fact:
    """The newest value as a multiple of the laboratory's upper limit of normal given with it."""
    value = _newest_number(case, test, 0)
    if isinstance(value, Unknown):
        return value
    numeric = newest([item for item in new_samples(case, test) if item.entry.value is not None])
    scale = TESTS[test].scales[0]
    limits = {
        scale.convert(item.entry.upper_limit_of_normal, item.entry.unit)
        for item in numeric
        if item.entry.upper_limit_of_normal and item.entry.unit
    }
    if len(limits) != 1:
        return Unknown(Reason.CONFLICTING if limits else Reason.NOT_RECORDED, value.sources)
    limit = limits.pop()
    return _settled(_quotient(interval_of(value), Interval(limit, limit)), value.sources)


for _test in ("ast", "alt"):
    fact(
        f"preeclampsia.{_test}_times_normal",
        "number",
        unit="{ratio}",
        question=TESTS[_test].question,
        read_from=READ_FROM,
        codes=TESTS[_test].codes,
    )(partial(_times_normal, test=_test))


@fact(
    "preeclampsia.smear_fragments",
    "boolean",
    question=TESTS["blood_smear"].question,
    read_from=READ_FROM,
)
def smear_fragments(case: Case) -> Fact:
    """Whether the newest blood smear shows fragmented red cells."""
    return read_finding(case, new_samples(case, "blood_smear"))


@fact(
    "preeclampsia.haemolysis",
    "boolean",
    question="Is there haemolysis (fragmented red cells on the smear, or the clinician's diagnosis)?",
    read_from=("laboratory", "conditions"),
)
def haemolysis(case: Case) -> Fact:
    """Haemolysis as the clinician states it, or by the smear; the two contradicting each other is unknown."""
    stated, seen = case.fact("condition.haemolysis"), case.fact("preeclampsia.smear_fragments")
    if contradicts(stated, truth_of(seen)):
        return Unknown(Reason.CONFLICTING, (*stated.sources, *seen.sources))
    return seen if truth_of(seen) is Truth.TRUE else stated


@fact(
    "preeclampsia.ldh_rising",
    "boolean",
    question="Is LDH rising? Please send at least two LDH values with their dates.",
    read_from=READ_FROM,
    codes=TESTS["ldh"].codes,
)
def ldh_rising(case: Case) -> Fact:
    """Whether the newest dated LDH is higher than the one before it."""
    dated = [item for item in new_samples(case, "ldh") if item.entry.on and item.entry.value is not None]
    last = newest(dated)
    earlier = [item for item in dated if item not in last]
    now, before = (read_number(case, part, TESTS["ldh"].scales[0], TESTS["ldh"]) for part in (last, earlier))
    for part in (now, before):
        if isinstance(part, Unknown):
            return part
    return _above(interval_of(now), interval_of(before), (*now.sources, *before.sources))


def _above(now: Interval, before: Interval, sources: tuple[str, ...]) -> Fact:
    if now.low is not None and before.high is not None and now.low > before.high:
        return Known(True, sources)
    if now.high is not None and before.low is not None and now.high <= before.low:
        return Known(False, sources)
    return Unknown(Reason.NOT_DETERMINABLE, sources)
