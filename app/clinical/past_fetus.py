"""The fetuses and newborns of past pregnancies: alloimmune thrombocytopenia, liver disease, haemolysis, heart block.

In a list of complications what is not named did not happen, but for its companions: a haemorrhage or a transfusion in
utero has a reason, and nobody has ruled out alloimmunity by not naming it. A pregnancy that never held a fetus is out.
"""

from collections.abc import Iterable
from functools import partial

from app.clinical.catalogue import Case, fact
from app.clinical.fetal_sections import FetalFindings, GaldProof, IntracranialHaemorrhage
from app.clinical.intervals import below
from app.clinical.obstetric_morbidity import Judge, any_pregnancy, gestation
from app.clinical.obstetric_sections import Complication, Pregnancy, PregnancyOutcome
from app.clinical.scalars import GestationalAge
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Interval

READ = ("pregnancies",)
NOTHING = FetalFindings()

_NO_FETUS = frozenset(
    {
        PregnancyOutcome.BIOCHEMICAL,
        PregnancyOutcome.NON_VISUALISED,
        PregnancyOutcome.ECTOPIC,
        PregnancyOutcome.MOLAR,
    }
)
_DEATHS = {
    PregnancyOutcome.FETAL_DEATH: Truth.TRUE,
    PregnancyOutcome.MISCARRIAGE: Truth.TRUE,
    PregnancyOutcome.LOSS_UNSPECIFIED: Truth.UNKNOWN,
}


def findings(pregnancy: Pregnancy) -> FetalFindings:
    """The details sent for this pregnancy; empty ones where none were sent."""
    return pregnancy.fetal_findings or NOTHING


def _named(pregnancy: Pregnancy, wanted: Complication, *, companion: bool = False) -> Truth:
    """Whether a complication is named; a ``companion`` of it leaves what is not named open."""
    if pregnancy.complications is not None and wanted in pregnancy.complications:
        return Truth.TRUE
    if pregnancy.outcome in _NO_FETUS:
        return Truth.FALSE
    return Truth.UNKNOWN if companion or not pregnancy.rules_out else Truth.FALSE


def fnait(_: Case, pregnancy: Pregnancy) -> Truth:
    """Alloimmune thrombocytopenia of that child; one said to be suspected only may not have been it."""
    found = findings(pregnancy)
    named = any_of((_named(pregnancy, Complication.FNAIT, companion=_bled(pregnancy)), of(bool(found.fnait_confirmed))))
    return Truth.UNKNOWN if named is Truth.TRUE and found.fnait_confirmed is False else named


def _bled(pregnancy: Pregnancy) -> bool:
    named = Complication.FETAL_INTRACRANIAL_HAEMORRHAGE in (pregnancy.complications or ())
    return named or findings(pregnancy).intracranial_haemorrhage not in (None, IntracranialHaemorrhage.NONE)


def fnait_haemorrhage(case: Case, pregnancy: Pregnancy) -> Truth:
    """Intracranial haemorrhage of a child with alloimmune thrombocytopenia; only a stated ``none`` rules it out."""
    looked = findings(pregnancy).intracranial_haemorrhage is IntracranialHaemorrhage.NONE
    bled = Truth.TRUE if _bled(pregnancy) else Truth.FALSE if looked else Truth.UNKNOWN
    return all_of((fnait(case, pregnancy), bled))


def gald_proven(_: Case, pregnancy: Pregnancy) -> Truth:
    """Liver disease recorded as diagnosed, or shown by biopsy, MRI or autopsy [gald-ontario-dose]."""
    proof = findings(pregnancy).gald_proven_by
    if proof is not None:
        return of(proof is not GaldProof.NONE)
    if Complication.GALD_SUSPECTED in (pregnancy.complications or ()):
        return Truth.FALSE
    return _named(pregnancy, Complication.GALD)


def gald_unconfirmed(case: Case, pregnancy: Pregnancy) -> Truth:
    """Liver disease that was suspected, or diagnosed although nothing showed it."""
    named = {Complication.GALD, Complication.GALD_SUSPECTED}.intersection(pregnancy.complications or ())
    if named:
        return ~gald_proven(case, pregnancy)
    return _named(pregnancy, Complication.GALD_SUSPECTED)


def hdfn(_: Case, pregnancy: Pregnancy) -> Truth:
    """Haemolytic disease of that fetus or newborn."""
    found = findings(pregnancy)
    severe = (found.hydrops, found.intrauterine_transfusion, found.hydrops_at, found.intrauterine_transfusion_at)
    return _named(pregnancy, Complication.HDFN, companion=any(severe))


def hdfn_early_severe(case: Case, pregnancy: Pregnancy) -> Truth:
    """Fetal death, hydrops or transfusion in utero by haemolytic disease before about 24 weeks [hdfn-dose]."""
    found, end = findings(pregnancy), gestation(pregnancy)
    died = all_of((_DEATHS.get(pregnancy.outcome, Truth.FALSE), _early(case, end)))
    swollen = _early_event(case, found.hydrops, found.hydrops_at, end)
    transfused = _early_event(case, found.intrauterine_transfusion, found.intrauterine_transfusion_at, end)
    return all_of((hdfn(case, pregnancy), any_of((died, swollen, transfused))))


def _early_event(case: Case, happened: bool | None, at: GestationalAge | None, end: Interval) -> Truth:
    """Whether something happened early; without its gestation it happened at some time before the end."""
    if at is not None:
        return _early(case, at.in_days)
    if happened is None:
        return Truth.UNKNOWN
    return all_of((of(happened), _early(case, Interval(0, end.high))))


def _early(case: Case, days: Interval) -> Truth:
    """Before about 24 weeks: certainly before its week begins, certainly not once its week has ended."""
    certain = below(days, case.number("hdfn.early_onset_week_start_days"))
    possible = below(days, case.number("hdfn.early_onset_week_end_days"))
    return certain if certain is Truth.TRUE or possible is Truth.FALSE else Truth.UNKNOWN


def heart_block(_: Case, pregnancy: Pregnancy) -> Truth:
    """Congenital heart block of that child."""
    return _named(pregnancy, Complication.CONGENITAL_HEART_BLOCK)


def _declare(fact_id: str, judge: Judge, question: str, read_from: Iterable[str] = READ) -> None:
    fact(fact_id, "boolean", question=question, read_from=read_from)(partial(any_pregnancy, judge=judge))


_declare(
    "fnait.affected_child",
    fnait,
    "Was an earlier child affected by fetal and neonatal alloimmune thrombocytopenia (FNAIT), and was it confirmed?",
)
_declare(
    "fnait.haemorrhage_before",
    fnait_haemorrhage,
    "Did that earlier child have an intracranial haemorrhage (none, in utero, after birth)?",
)
_declare(
    "gald.proven_before",
    gald_proven,
    "Was gestational alloimmune liver disease shown in an earlier pregnancy (biopsy, MRI, autopsy)?",
)
_declare(
    "gald.unconfirmed_before",
    gald_unconfirmed,
    "Was gestational alloimmune liver disease suspected, but not shown, in an earlier pregnancy?",
)
_declare(
    "hdfn.affected_before",
    hdfn,
    "Was an earlier child affected by haemolytic disease of the fetus and newborn?",
)
_declare(
    "hdfn.early_severe_before",
    hdfn_early_severe,
    "Did haemolytic disease bring fetal death, hydrops or transfusion in utero before about 24 weeks, and at which gestation?",
)
_declare("anti_ro.affected_child", heart_block, "Did an earlier child have congenital heart block?")
