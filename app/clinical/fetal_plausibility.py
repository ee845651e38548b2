"""What cannot be true of a fetus, past or present: fields that contradict each other. Names fields, never values."""

from collections.abc import Iterator

from app.clinical.fetal_sections import Alloimmunity, FetalFindings, GaldProof, IntracranialHaemorrhage
from app.clinical.history import PatientHistory
from app.clinical.obstetric_sections import Complication, Pregnancy, PregnancyStatus
from app.clinical.scalars import GestationalAge
from app.errors import Problem

GALD = frozenset({Complication.GALD, Complication.GALD_SUSPECTED})
NO_FETUS_NOW = frozenset(
    {PregnancyStatus.NOT_PREGNANT, PregnancyStatus.TRYING, PregnancyStatus.IN_TREATMENT_CYCLE},
)


def fetal_contradictions(history: PatientHistory) -> Iterator[Problem]:
    """Everything about past fetuses and the fetus of today that cannot be true."""
    for index, pregnancy in enumerate(history.pregnancies or ()):
        place = f"/pregnancies/{index}"
        if set(pregnancy.complications or ()) >= GALD:
            yield _inconsistent(f"{place}/complications", "Give gald or gald_suspected, not both.")
        if pregnancy.fetal_findings is not None:
            yield from _findings(f"{place}/fetal_findings", pregnancy, pregnancy.fetal_findings)
    yield from _today(history)


def _inconsistent(pointer: str, detail: str) -> Problem:
    return Problem(pointer, "inconsistent", detail)


def _findings(place: str, pregnancy: Pregnancy, found: FetalFindings) -> Iterator[Problem]:
    named = pregnancy.complications
    if named is not None:
        if pregnancy.rules_out and found.fnait_confirmed and Complication.FNAIT not in named:
            yield _inconsistent(f"{place}/fnait_confirmed", "The complications of this pregnancy do not name fnait.")
        if pregnancy.rules_out and found.gald_proven_by not in (None, GaldProof.NONE) and GALD.isdisjoint(named):
            yield _inconsistent(f"{place}/gald_proven_by", "The complications of this pregnancy do not name gald.")
        bled = Complication.FETAL_INTRACRANIAL_HAEMORRHAGE in named
        if bled and found.intracranial_haemorrhage is IntracranialHaemorrhage.NONE:
            yield _inconsistent(
                f"{place}/intracranial_haemorrhage", "The complications of this pregnancy name the haemorrhage."
            )
    for name in ("hydrops_at", "intrauterine_transfusion_at"):
        if _after(getattr(found, name), pregnancy.gestational_age):
            yield _inconsistent(f"{place}/{name}", "This gestation lies after the end of the pregnancy.")


def _after(event: GestationalAge | None, end: GestationalAge | None) -> bool:
    """Whether something certainly came after the end of the pregnancy."""
    if event is None or end is None:
        return False
    first, last = event.in_days.low, end.in_days.high
    return first is not None and last is not None and first > last


def _today(history: PatientHistory) -> Iterator[Problem]:
    """Findings of a fetus where there is none: she is known not to be pregnant."""
    section = history.fetal_alloimmunity
    if section is None or history.pregnancy_status not in NO_FETUS_NOW:
        return
    parts: tuple[tuple[str, Alloimmunity | None], ...] = (
        ("platelet", section.platelet),
        ("red_cell", section.red_cell),
    )
    for kind, part in parts:
        for name in ("fetal_antigen", "mca_psv_mom"):
            if getattr(part, name, None) is not None:
                yield _inconsistent(
                    f"/fetal_alloimmunity/{kind}/{name}",
                    "A finding of the fetus goes with a pregnancy; she is not pregnant.",
                )
