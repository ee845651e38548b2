"""Risk factors for preeclampsia that lists of aspirin prophylaxis count: earlier pregnancies, interval, conception."""

from collections.abc import Iterable, Sequence

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import at_least, below, days_since
from app.clinical.obstetric_sections import Complication, Conception, Pregnancy, PregnancyOutcome
from app.clinical.presence import read_presence
from app.clinical.timeline import ANY, contradicts, interval_of, minus, truth_of
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

PREECLAMPSIA = frozenset(
    {
        Complication.PREECLAMPSIA,
        Complication.PREECLAMPSIA_SEVERE_FEATURES,
        Complication.ECLAMPSIA,
        Complication.HELLP,
    }
)
HYPERTENSIVE = PREECLAMPSIA | {Complication.GESTATIONAL_HYPERTENSION}
SEVERE = frozenset(
    {
        Complication.PREECLAMPSIA_SEVERE_FEATURES,
        Complication.ECLAMPSIA,
        Complication.HELLP,
        Complication.PLACENTAL_INSUFFICIENCY,
        Complication.PLACENTAL_INSUFFICIENCY_SEVERE_FEATURES,
    }
)
SMALL = frozenset(
    {
        Complication.LOW_BIRTH_WEIGHT,
        Complication.FETAL_GROWTH_RESTRICTION,
        Complication.PLACENTAL_INSUFFICIENCY,
        Complication.PLACENTAL_INSUFFICIENCY_SEVERE_FEATURES,
    }
)
BIRTHS = frozenset({PregnancyOutcome.LIVE_BIRTH, PregnancyOutcome.NEONATAL_DEATH})
DEATHS = frozenset({PregnancyOutcome.FETAL_DEATH, PregnancyOutcome.NEONATAL_DEATH})
EARLY = frozenset(
    {
        PregnancyOutcome.BIOCHEMICAL,
        PregnancyOutcome.NON_VISUALISED,
        PregnancyOutcome.ECTOPIC,
        PregnancyOutcome.MISCARRIAGE,
    }
)
IVF = frozenset({Conception.IVF, Conception.ICSI, Conception.FROZEN_TRANSFER})
ASK_PAST = "Did she have preeclampsia, eclampsia, HELLP syndrome or hypertension in an earlier pregnancy, and when was each birth?"
PAST = ("pregnancies", "conditions")


def _late(case: Case, pregnancy: Pregnancy) -> Truth:
    """Whether a past pregnancy went on to the gestation at which hypertension counts as new."""
    if pregnancy.gestational_age is not None:
        return at_least(pregnancy.gestational_age.in_days, case.number("hypertension.new_from_days"))
    if pregnancy.outcome in BIRTHS:
        return Truth.TRUE
    return Truth.FALSE if pregnancy.outcome in EARLY else Truth.UNKNOWN


def _had(case: Case, pregnancy: Pregnancy, wanted: frozenset[Complication]) -> Truth:
    if not wanted.isdisjoint(pregnancy.complications or ()):
        return Truth.TRUE
    return Truth.FALSE if pregnancy.rules_out else all_of((_late(case, pregnancy), Truth.UNKNOWN))


def _past(case: Case) -> Sequence[Pregnancy]:
    return case.history.pregnancies or ()


def _conclude(case: Case, found: Sequence[Truth], stated: Fact | None = None) -> Fact:
    """Whether it happened in any past pregnancy, by the list and by what is stated as a condition."""
    sources = tuple(f"/pregnancies/{index}" for index, item in enumerate(found) if item is not Truth.FALSE)
    listed = any_of(found) if case.complete(Section.PREGNANCIES) else any_of((*found, Truth.UNKNOWN))
    if stated is not None and contradicts(stated, listed):
        return Unknown(Reason.CONFLICTING, (*sources, *stated.sources))
    if listed is Truth.TRUE:
        return Known(True, sources)
    if isinstance(stated, Known):
        return stated
    if listed is Truth.FALSE:
        return Known(False, ("/pregnancies",))
    return Unknown(Reason.NOT_DETERMINABLE, sources) if sources else case.absent(Section.PREGNANCIES)


@fact("past.preeclampsia", "boolean", question=ASK_PAST, read_from=PAST)
def past_preeclampsia(case: Case) -> Fact:
    """Preeclampsia, eclampsia or HELLP in an earlier pregnancy."""
    stated = read_presence(case, Section.CONDITIONS, ("previous_preeclampsia",))
    return _conclude(case, [_had(case, item, PREECLAMPSIA) for item in _past(case)], stated)


@fact("past.hypertensive_disease", "boolean", question=ASK_PAST, read_from=PAST)
def past_hypertensive_disease(case: Case) -> Fact:
    """Gestational hypertension, preeclampsia, eclampsia or HELLP in an earlier pregnancy."""
    stated = read_presence(case, Section.CONDITIONS, ("previous_preeclampsia", "previous_gestational_hypertension"))
    return _conclude(case, [_had(case, item, HYPERTENSIVE) for item in _past(case)], stated)


@fact(
    "past.small_or_adverse",
    "boolean",
    question="Did she have a small or low-birthweight baby, a stillbirth or a neonatal death before?",
    read_from=("pregnancies",),
)
def past_small_or_adverse(case: Case) -> Fact:
    """Low birthweight, growth restriction, placental insufficiency, fetal or neonatal death in an earlier pregnancy."""
    found = [
        any_of((_had(case, item, SMALL), all_of((_late(case, item), of(item.outcome in DEATHS)))))
        for item in _past(case)
    ]
    return _conclude(case, found)


@fact(
    "past.early_severe_delivery",
    "boolean",
    question="Was an earlier birth before 34 weeks because of severe preeclampsia, HELLP or placental insufficiency?",
    read_from=("pregnancies",),
)
def past_early_severe_delivery(case: Case) -> Fact:
    """A past pregnancy with severe disease that ended before 34 weeks (238 days)."""
    limit = case.number("preeclampsia.early_delivery_days")
    return _conclude(case, [all_of((_had(case, item, SEVERE), _before(item, limit))) for item in _past(case)])


def _before(pregnancy: Pregnancy, days: Number) -> Truth:
    return below(pregnancy.gestational_age.in_days if pregnancy.gestational_age else ANY, days)


@fact(
    "postpartum.delivered_at_days",
    "number",
    unit="d",
    question="At which gestation was she delivered?",
    read_from=("postpartum",),
)
def delivered_at_days(case: Case) -> Fact:
    """Gestation at the birth she is postpartum from, days."""
    birth = case.history.postpartum
    if birth is None or birth.delivered_at is None:
        return Unknown(Reason.NOT_SENT if birth is None else Reason.NOT_RECORDED, ("/postpartum/delivered_at",))
    return Known(birth.delivered_at.in_days, ("/postpartum/delivered_at",))


def _births(case: Case) -> list[Truth]:
    return [of(True) if item.outcome in BIRTHS else _late(case, item) for item in _past(case)]


@fact(
    "parity.nulliparous",
    "boolean",
    question="Has she given birth before (20 weeks or later)?",
    read_from=("pregnancies", "loss_summary"),
)
def nulliparous(case: Case) -> Fact:
    """No earlier birth: no pregnancy that reached 20 weeks and no live birth."""
    summary = interval_of(case.fact("losses.live_births"))
    if summary.low is not None and summary.low >= 1:
        return Known(False, case.fact("losses.live_births").sources)
    given = _conclude(case, _births(case))
    return Known(given.value is False, given.sources) if isinstance(given, Known) else given


@fact(
    "parity.first_pregnancy",
    "boolean",
    question="Is (or will) this (be) her first pregnancy?",
    read_from=("pregnancies", "loss_summary"),
)
def first_pregnancy(case: Case) -> Fact:
    """No earlier pregnancy of any kind."""
    counted = [case.fact(name) for name in ("losses.count_all", "losses.live_births")]
    earlier = [item for item in counted if (interval_of(item).low or 0) >= 1]
    if case.history.pregnancies:
        return Known(False, ("/pregnancies",))
    if earlier:
        return Known(False, earlier[0].sources)
    return Known(True, ("/pregnancies",)) if case.complete(Section.PREGNANCIES) else case.absent(Section.PREGNANCIES)


@fact(
    "parity.long_interval",
    "boolean",
    question="When was her last birth?",
    read_from=("pregnancies", "current_pregnancy"),
)
def long_interval(case: Case) -> Fact:
    """More than 10 years from her last birth to the beginning of this pregnancy, or to today while she is not pregnant."""
    births = list(zip(_past(case), _births(case), strict=True))
    possible = [pregnancy for pregnancy, truth in births if truth is not Truth.FALSE]
    if not possible and case.complete(Section.PREGNANCIES):
        return Known(False, ("/pregnancies",))
    gap = minus(_since_last(case, births), _gestation(case))
    limit = case.number("aspirin.long_interval_days")
    if gap.high is not None and gap.high <= limit:
        return Known(False, ("/pregnancies",))
    if gap.low is not None and gap.low > limit:
        return Known(True, ("/pregnancies",))
    return Unknown(Reason.NOT_DETERMINABLE, ("/pregnancies",)) if possible else case.absent(Section.PREGNANCIES)


def _since_last(case: Case, births: Iterable[tuple[Pregnancy, Truth]]) -> Interval:
    """Days since the last birth. A birth that may be missing from the list may be the last one."""
    ages = [
        (days_since(item.ended_on, case.as_of) if item.ended_on else Interval(0, None), truth)
        for item, truth in births
        if truth is not Truth.FALSE
    ]
    highs = [age.high for age, truth in ages if truth is Truth.TRUE and age.high is not None]
    lows = [age.low for age, _ in ages if age.low is not None]
    complete = case.complete(Section.PREGNANCIES) and lows
    return Interval(min(lows) if complete else None, min(highs, default=None))


def _gestation(case: Case) -> Interval:
    if truth_of(case.fact("pregnancy.pregnant")) is Truth.FALSE:
        return Interval(0, 0)
    known = interval_of(case.fact("pregnancy.gestation_days"))
    return Interval(known.low or 0, known.high)


@fact(
    "conception.ivf",
    "boolean",
    question="Was this pregnancy conceived by IVF, or is IVF planned?",
    read_from=("current_pregnancy", "plans"),
)
def conceived_by_ivf(case: Case) -> Fact:
    """Conception of the present pregnancy by IVF, ICSI or frozen transfer; the planned way while she is not pregnant."""
    name = "current_pregnancy" if case.history.current_pregnancy else "plans"
    part = case.history.current_pregnancy or case.history.plans
    if part is None or part.conception is None:
        return Unknown(Reason.NOT_SENT if part is None else Reason.NOT_RECORDED, (f"/{name}/conception",))
    return Known(part.conception in IVF, (f"/{name}/conception",))
