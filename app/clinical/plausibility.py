"""What a history cannot say: impossible dates and facts that contradict each other. Names fields, never values."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.clinical.exposure_checks import exposure_problems
from app.clinical.fetal_plausibility import fetal_contradictions
from app.clinical.history import PatientHistory
from app.clinical.obstetric_sections import PregnancyOutcome, PregnancyStatus
from app.clinical.scalars import count_interval, partial_date_bounds
from app.clinical.sections import Sex
from app.errors import Problem

LOSSES = frozenset(
    {
        PregnancyOutcome.BIOCHEMICAL,
        PregnancyOutcome.NON_VISUALISED,
        PregnancyOutcome.MISCARRIAGE,
        PregnancyOutcome.FETAL_DEATH,
    }
)
"""Outcomes that certainly are losses: one of unspecified type may be ectopic or molar, which the summary leaves out."""

DATED = (
    "embryo_transfers",
    "antiphospholipid_tests",
    "thrombotic_events",
    "laboratory",
    "vitals",
    "conditions",
    "investigations",
    "previous_ivig",
    "exposures",
)


def contradictions(history: PatientHistory, today: date) -> tuple[Problem, ...]:
    """Everything about this history that cannot be true, judged at its ``as_of`` (or today)."""
    as_of = history.as_of or today
    return (
        *_dates(history, as_of, today),
        *_status(history),
        *_counts(history),
        *_age(history, as_of),
        *_vouched_and_failed(history),
        *fetal_contradictions(history),
        *exposure_problems(history, as_of),
    )


def _inconsistent(pointer: str, detail: str) -> Problem:
    return Problem(pointer, "inconsistent", detail)


def _dates(history: PatientHistory, as_of: date, today: date) -> Iterator[Problem]:
    # One day ahead of UTC is still today somewhere.
    if as_of > today + timedelta(days=1):
        yield Problem("/as_of", "in_the_future", "The date of assessment lies in the future.")
    for pointer, stated in _past_dates(history):
        if partial_date_bounds(stated)[0] > as_of:
            yield Problem(pointer, "in_the_future", "This date lies after the date of assessment.")


def _past_dates(history: PatientHistory) -> Iterator[tuple[str, str]]:
    if history.patient.birth_date:
        yield "/patient/birth_date", history.patient.birth_date.isoformat()
    for index, pregnancy in enumerate(history.pregnancies or ()):
        if pregnancy.ended_on:
            yield f"/pregnancies/{index}/ended_on", pregnancy.ended_on
    for section in DATED:
        for index, item in enumerate(getattr(history, section) or ()):
            if item.on:
                yield f"/{section}/{index}/on", str(item.on)
    for index, dose in enumerate(history.immunisations or ()):
        if dose.on and not dose.planned:
            yield f"/immunisations/{index}/on", dose.on


def _status(history: PatientHistory) -> Iterator[Problem]:
    implied = {PregnancyStatus.PREGNANT} if history.current_pregnancy else set()
    implied |= {PregnancyStatus.POSTPARTUM} if history.postpartum else set()
    implied |= {history.pregnancy_status} if history.pregnancy_status else set()
    if len(implied) > 1:
        yield _inconsistent("/pregnancy_status", "pregnancy_status, current_pregnancy and postpartum disagree.")
    if history.patient.sex is Sex.MALE and (implied or history.pregnancies):
        yield _inconsistent("/patient/sex", "patient.sex is male and a pregnancy is given.")


def _counts(history: PatientHistory) -> Iterator[Problem]:
    summary, listed = history.loss_summary, history.pregnancies
    if summary is None or listed is None:
        return
    losses = sum(item.outcome in LOSSES for item in listed)
    births = sum(item.outcome is PregnancyOutcome.LIVE_BIRTH for item in listed)
    for name, counted, stated in (("losses", losses, summary.losses), ("live_births", births, summary.live_births)):
        most = None if stated is None else count_interval(stated).high
        if most is not None and counted > most:
            yield _inconsistent(
                f"/loss_summary/{name}", f"loss_summary.{name} is below the number that pregnancies lists."
            )


def _vouched_and_failed(history: PatientHistory) -> Iterator[Problem]:
    for index, section in enumerate(history.failed_sections):
        if section in history.complete_sections:
            yield _inconsistent(
                f"/failed_sections/{index}", "A section that could not be read cannot be vouched for as complete."
            )


def _age(history: PatientHistory, as_of: date) -> Iterator[Problem]:
    born = history.patient.birth_date
    if born and history.patient.age_years is not None:
        yield _inconsistent("/patient/age_years", "Give patient.birth_date or patient.age_years, not both.")
    if born and born <= as_of and as_of.year - born.year > 71:  # noqa: PLR2004 - one year above the bound of age_years
        yield Problem(
            "/patient/birth_date", "implausible_value", "The age on the date of assessment is above 70 years."
        )
