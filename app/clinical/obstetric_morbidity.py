"""Pregnancy morbidity as Sydney and ACR/EULAR count it (CLINICAL_DECISIONS 2b): gestations in days, from the list of pregnancies.

A pregnancy with an abnormal karyotype has an explanation and does not count. Biochemical and non-visualised losses, and
losses of unknown type, may count. In a list of complications what is not named did not happen, but for the companions
of what is: after severe preeclampsia nobody has ruled out placental insufficiency by not naming it, and a preterm birth
without a reason has an unknown one.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from app.clinical.catalogue import Case, fact, per_case
from app.clinical.history import Section
from app.clinical.intervals import at_least, below, longest_run
from app.clinical.losses import READ, complete, conflict, count_of, given, is_loss, listed, settle, sources_of, total
from app.clinical.obstetric_sections import Complication, Pregnancy, PregnancyOutcome
from app.clinical.result_sections import Finding
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

Judge = Callable[[Case, Pregnancy], Truth]

_T, _U = Truth.TRUE, Truth.UNKNOWN
_MISCARRIAGES = {
    PregnancyOutcome.MISCARRIAGE: _T,
    PregnancyOutcome.FETAL_DEATH: _T,
    PregnancyOutcome.BIOCHEMICAL: _U,
    PregnancyOutcome.NON_VISUALISED: _U,
    PregnancyOutcome.LOSS_UNSPECIFIED: _U,
}
_DEATHS = {
    PregnancyOutcome.MISCARRIAGE: _T,
    PregnancyOutcome.FETAL_DEATH: _T,
    PregnancyOutcome.LOSS_UNSPECIFIED: _U,
}
_BIRTHS = frozenset({PregnancyOutcome.LIVE_BIRTH, PregnancyOutcome.NEONATAL_DEATH})
_NEVER_LATE = frozenset({PregnancyOutcome.BIOCHEMICAL, PregnancyOutcome.NON_VISUALISED, PregnancyOutcome.ECTOPIC})

SEVERE_PREECLAMPSIA = frozenset({Complication.PREECLAMPSIA_SEVERE_FEATURES, Complication.ECLAMPSIA})
SEVERE_INSUFFICIENCY = frozenset({Complication.PLACENTAL_INSUFFICIENCY_SEVERE_FEATURES})
_WITH_PREECLAMPSIA = SEVERE_INSUFFICIENCY | {
    Complication.PREECLAMPSIA,
    Complication.HELLP,
    Complication.PRETERM_BIRTH,
}
_WITH_INSUFFICIENCY = SEVERE_PREECLAMPSIA | {
    Complication.PLACENTAL_INSUFFICIENCY,
    Complication.FETAL_GROWTH_RESTRICTION,
    Complication.LOW_BIRTH_WEIGHT,
    Complication.HELLP,
    Complication.PRETERM_BIRTH,
}

ASK_DEATHS = (
    "For each loss from 10 weeks: the gestation, whether the fetus was examined and looked normal, and its karyotype."
)
ASK_RUN = (
    "Which losses followed each other without another pregnancy between, and at which gestation? Is the list complete?"
)
ASK_PRETERM = (
    "Was any baby born before 34 weeks because of eclampsia, severe preeclampsia or severe placental insufficiency?"
)


def gestation(pregnancy: Pregnancy) -> Interval:
    """Gestation at the end of the pregnancy, days."""
    return Interval(0, None) if pregnancy.gestational_age is None else pregnancy.gestational_age.in_days


def explained(pregnancy: Pregnancy) -> Truth:
    """Whether a known abnormal karyotype explains what happened; one not known to be abnormal explains nothing."""
    return of(pregnancy.karyotype is Finding.ABNORMAL)


def _normal(pregnancy: Pregnancy) -> Truth:
    if pregnancy.fetal_morphology in (None, Finding.NOT_EXAMINED):
        return Truth.UNKNOWN
    return of(pregnancy.fetal_morphology is Finding.NORMAL)


def _named(pregnancy: Pregnancy, wanted: frozenset[Complication], companions: frozenset[Complication]) -> Truth:
    named = pregnancy.complications or ()
    if not wanted.isdisjoint(named):
        return Truth.TRUE
    return Truth.FALSE if pregnancy.rules_out and companions.isdisjoint(named) else Truth.UNKNOWN


def severe_preeclampsia(pregnancy: Pregnancy) -> Truth:
    """Preeclampsia with severe features, or eclampsia."""
    return _named(pregnancy, SEVERE_PREECLAMPSIA, _WITH_PREECLAMPSIA)


def severe_insufficiency(pregnancy: Pregnancy) -> Truth:
    """Placental insufficiency with severe features."""
    return _named(pregnancy, SEVERE_INSUFFICIENCY, _WITH_INSUFFICIENCY)


def _ended(pregnancy: Pregnancy, first: Number, after: Number) -> Truth:
    """Whether it ended from day ``first`` on and before day ``after``."""
    if pregnancy.gestational_age is None and pregnancy.outcome in _NEVER_LATE:
        return Truth.FALSE
    days = gestation(pregnancy)
    return all_of((at_least(days, first), below(days, after)))


def _miscarriage_before(pregnancy: Pregnancy, days: Number) -> Truth:
    kind = _MISCARRIAGES.get(pregnancy.outcome, Truth.FALSE)
    return all_of((kind, ~explained(pregnancy), below(gestation(pregnancy), days)))


def sydney_early(case: Case, pregnancy: Pregnancy) -> Truth:
    """A miscarriage before 10 weeks that no abnormal karyotype explains [sydney-clin-early-losses]."""
    return _miscarriage_before(pregnancy, case.number("apl.fetal_days"))


def sydney_death(case: Case, pregnancy: Pregnancy) -> Truth:
    """A death from 10 weeks on of a fetus documented as normal [sydney-clin-fetal-death]."""
    kind = _DEATHS.get(pregnancy.outcome, Truth.FALSE)
    late = at_least(gestation(pregnancy), case.number("apl.fetal_days"))
    return all_of((kind, late, _normal(pregnancy), ~explained(pregnancy)))


def sydney_preterm(case: Case, pregnancy: Pregnancy) -> Truth:
    """A birth before 34 weeks for eclampsia, severe preeclampsia or severe insufficiency [sydney-clin-preterm].

    A neonate known to be malformed does not count; one not described does.
    """
    early = below(gestation(pregnancy), case.number("apl.preterm_days"))
    reason = any_of((severe_preeclampsia(pregnancy), severe_insufficiency(pregnancy)))
    malformed = of(pregnancy.fetal_morphology is Finding.ABNORMAL)
    return all_of((of(pregnancy.outcome in _BIRTHS), early, reason, ~malformed, ~explained(pregnancy)))


def acr_eular_early(case: Case, pregnancy: Pregnancy) -> Truth:
    """A pre-fetal or early fetal death: before 16 weeks [acreular-d4-early]."""
    return _miscarriage_before(pregnancy, case.number("apl.late_fetal_days"))


def acr_eular_death(case: Case, pregnancy: Pregnancy) -> Truth:
    """A fetal death from 16 weeks to before 34 weeks [acreular-d4-fetal-death]."""
    kind = _DEATHS.get(pregnancy.outcome, Truth.FALSE)
    malformed = of(pregnancy.fetal_morphology is Finding.ABNORMAL)
    return all_of((kind, _in_window(case, pregnancy), ~malformed, ~explained(pregnancy)))


def acr_eular_either(case: Case, pregnancy: Pregnancy) -> Truth:
    """Severe preeclampsia or severe insufficiency before 34 weeks [acreular-d4-pe-or-pi]."""
    severe = any_of((severe_preeclampsia(pregnancy), severe_insufficiency(pregnancy)))
    return all_of((_in_window(case, pregnancy), severe))


def acr_eular_both(case: Case, pregnancy: Pregnancy) -> Truth:
    """Severe preeclampsia and severe insufficiency before 34 weeks [acreular-d4-pe-and-pi]."""
    severe = all_of((severe_preeclampsia(pregnancy), severe_insufficiency(pregnancy)))
    return all_of((_in_window(case, pregnancy), severe))


def _in_window(case: Case, pregnancy: Pregnancy) -> Truth:
    # Neither of the two diseases shows itself before the window in which fetal death counts.
    return _ended(pregnancy, case.number("apl.late_fetal_days"), case.number("apl.preterm_days"))


def _run(case: Case, judge: Judge) -> Fact:
    """Longest run; the list shows no certain run beyond one loss unless it is complete, as in ``loss_runs``."""
    found = longest_run(judged(case, judge).values())
    if not complete(case):
        found = Interval(min(1, found.low or 0), None)
    most = (Interval(0, total(case).high), Interval(0, given(case, "consecutive_losses").high))
    return conflict(case) or settle(case, (found, *most), sources_of(case, is_loss, "losses", "consecutive_losses"))


def in_run(members: Iterable[Truth], least: Number) -> list[Truth]:
    """For each pregnancy in order, whether it belongs to an unbroken run of at least so many members."""
    seen = list(members)
    certain = _in_run([item is Truth.TRUE for item in seen], least)
    possible = _in_run([item is not Truth.FALSE for item in seen], least)
    return [_T if sure else _U if maybe else Truth.FALSE for sure, maybe in zip(certain, possible, strict=True)]


def _in_run(flags: Iterable[bool], least: Number) -> list[bool]:
    found: list[bool] = []
    for flag, run in groupby(flags):
        length = len(list(run))
        found += [flag and length >= least] * length
    return found


@per_case
def judged(case: Case, judge: Judge) -> Mapping[str, Truth]:
    """Whether it happened, for each listed pregnancy by its place, in the order they came."""
    return {place: judge(case, item) for place, item in listed(case).items()}


def any_pregnancy(case: Case, judge: Judge) -> Fact:
    """Whether it happened in any past pregnancy; FALSE only when all of them are listed."""
    found = judged(case, judge)
    sources = tuple(place for place, truth in found.items() if truth is not Truth.FALSE)
    if any_of(found.values()) is Truth.TRUE:
        return Known(True, sources)
    if sources:
        return Unknown(Reason.NOT_DETERMINABLE, sources)
    if never_pregnant(case):
        return Known(False, ("/loss_summary",))
    return Known(False, ("/pregnancies",)) if complete(case) else case.absent(Section.PREGNANCIES)


def never_pregnant(case: Case) -> bool:
    """Whether the summary, in place of a list, says that there was neither a loss nor a live birth."""
    counts = (given(case, "losses").high, given(case, "live_births").high)
    return case.history.pregnancies is None and counts == (0, 0)


@fact("aps.early_miscarriage_run", "number", unit="1", question=ASK_RUN, read_from=READ)
def early_miscarriage_run(case: Case) -> Fact:
    """Longest run of consecutive unexplained miscarriages before 10 weeks [sydney-clin-early-losses]."""
    return _run(case, sydney_early)


@fact("aps.loss_run_before_16_weeks", "number", unit="1", question=ASK_RUN, read_from=READ)
def loss_run_before_16_weeks(case: Case) -> Fact:
    """Longest run of consecutive pre-fetal or early fetal deaths [acreular-d4-early]."""
    return _run(case, acr_eular_early)


@fact("aps.normal_fetal_deaths", "number", unit="1", question=ASK_DEATHS, read_from=READ)
def normal_fetal_deaths(case: Case) -> Fact:
    """Unexplained deaths of a morphologically normal fetus from 10 weeks on [sydney-clin-fetal-death]."""
    return count_of(case, lambda item: sydney_death(case, item))


@fact("aps.late_fetal_deaths", "number", unit="1", question=ASK_DEATHS, read_from=READ)
def late_fetal_deaths(case: Case) -> Fact:
    """Fetal deaths from 16 weeks to before 34 weeks [acreular-d4-fetal-death]."""
    return count_of(case, lambda item: acr_eular_death(case, item))


def _declare(fact_id: str, judge: Judge, question: str, read_from: Iterable[str] = READ) -> None:
    fact(fact_id, "boolean", question=question, read_from=read_from)(lambda case: any_pregnancy(case, judge))


_declare("aps.preterm_placental_birth", sydney_preterm, ASK_PRETERM)
_declare("aps.severe_placental_disease", acr_eular_either, ASK_PRETERM)
_declare(
    "aps.severe_preeclampsia_and_insufficiency",
    acr_eular_both,
    "Before 34 weeks, were there both severe preeclampsia and severe placental insufficiency in the same pregnancy?",
)
