"""Body measurements, blood group and births: what a patient brings to an infusion."""

from decimal import Decimal

from app.clinical.catalogue import Case, Coding, fact
from app.clinical.history import Section
from app.clinical.intervals import count, intersect
from app.clinical.obstetric_sections import PregnancyOutcome
from app.clinical.scalars import count_interval
from app.clinical.sections import BloodGroup
from app.clinical.timeline import truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Interval, Known, Reason, Unknown

LOINC = "http://loinc.org"
CM2_PER_M2 = 10_000
WEIGHTS = {
    Truth.TRUE: ("prepregnancy_weight_kg",),
    Truth.FALSE: ("weight_kg",),
    Truth.UNKNOWN: ("weight_kg", "prepregnancy_weight_kg"),
}
BIRTHS = frozenset({PregnancyOutcome.LIVE_BIRTH, PregnancyOutcome.NEONATAL_DEATH})
POSSIBLE_BIRTHS = frozenset({PregnancyOutcome.FETAL_DEATH, PregnancyOutcome.LOSS_UNSPECIFIED})


def _sent(value: Decimal | str | None, pointer: str) -> Fact:
    return Unknown(Reason.NOT_RECORDED, (pointer,)) if value is None else Known(value, (pointer,))


@fact(
    "patient.weight_kg",
    "number",
    unit="kg",
    question="What is her weight today?",
    read_from=("patient",),
    codes=(Coding(LOINC, "29463-7", "Body weight"), Coding(LOINC, "3141-9", "Weight Measured")),
)
def weight_kg(case: Case) -> Fact:
    """Current weight, kg."""
    return _sent(case.history.patient.weight_kg, "/patient/weight_kg")


@fact(
    "patient.height_cm",
    "number",
    unit="cm",
    question="What is her height?",
    read_from=("patient",),
    codes=(Coding(LOINC, "8302-2", "Body height"),),
)
def height_cm(case: Case) -> Fact:
    """Height, cm."""
    return _sent(case.history.patient.height_cm, "/patient/height_cm")


@fact(
    "patient.bmi",
    "number",
    unit="kg/m2",
    question="What are her height and her weight (if she is pregnant, the weight before pregnancy)?",
    read_from=("patient", "pregnancy_status", "current_pregnancy", "postpartum"),
    codes=(Coding(LOINC, "56077-1", "Body weight --pre current pregnancy"),),
)
def bmi(case: Case) -> Fact:
    """Body mass index, kg/m2, not rounded: from the weight before pregnancy while she is pregnant, otherwise from today's [f-bmi].

    Where it is not known whether she is pregnant, both weights give the bounds; one alone may be the wrong one.
    """
    patient, pregnant = case.history.patient, case.fact("pregnancy.pregnant")
    wanted = {f"/patient/{name}": getattr(patient, name) for name in ("height_cm", *WEIGHTS[truth_of(pregnant)])}
    missing = tuple(pointer for pointer, value in wanted.items() if value is None)
    if missing and isinstance(pregnant, Unknown):
        return Unknown(Reason.NOT_DETERMINABLE, (*missing, *pregnant.sources))
    if missing:
        return Unknown(Reason.NOT_RECORDED, missing)
    height, *weights = wanted.values()
    found = sorted(weight * CM2_PER_M2 / (height * height) for weight in weights)
    return Known(found[0] if found[0] == found[-1] else Interval(found[0], found[-1]), tuple(wanted))


@fact(
    "patient.blood_group",
    "code",
    question="What is her ABO blood group?",
    values=tuple(BloodGroup),
    read_from=("patient",),
    codes=(
        Coding(LOINC, "883-9", "ABO group [Type] in Blood"),
        Coding(LOINC, "882-1", "ABO and Rh group [Type] in Blood"),
    ),
)
def blood_group(case: Case) -> Fact:
    """ABO blood group."""
    group = case.history.patient.blood_group
    return _sent(None if group is None else group.value, "/patient/blood_group")


@fact(
    "parity.births",
    "number",
    unit="1",
    question="How many times has she given birth?",
    read_from=("pregnancies", "loss_summary"),
    codes=(Coding(LOINC, "11977-6", "[#] Parity"), Coding(LOINC, "11640-0", "[#] Births total")),
)
def births(case: Case) -> Fact:
    """Earlier births: live births and neonatal deaths for certain; a fetal death counts from a gestation that differs by place."""
    listed = case.history.pregnancies
    summary = case.history.loss_summary
    stated = summary.live_births if summary else None
    if not listed and stated is None and not case.complete(Section.PREGNANCIES):
        return case.absent(Section.PREGNANCIES)
    found = count(_birth(item.outcome) for item in listed or ())
    bounds = intersect(
        Interval(found.low, found.high if case.complete(Section.PREGNANCIES) else None),
        Interval(0 if stated is None else count_interval(stated).low, None),
    )
    sources = tuple(
        pointer
        for pointer, value in (("/pregnancies", listed), ("/loss_summary/live_births", stated))
        if value is not None
    )
    return Unknown(Reason.CONFLICTING, sources) if bounds is None else Known(bounds, sources)


def _birth(outcome: PregnancyOutcome) -> Truth:
    if outcome in BIRTHS:
        return Truth.TRUE
    return Truth.UNKNOWN if outcome in POSSIBLE_BIRTHS else Truth.FALSE
