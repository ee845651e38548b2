"""Body measurements, blood group and births. BMI: calculator `bmi`, its worked examples."""

from decimal import Decimal

import pytest

from app.logic.values import Interval, Known, Reason, Unknown
from tests.clinical.safety_facts import fact, value


@pytest.mark.parametrize(("weight", "height", "expected"), [(62, 158, "24.8"), (95, 165, "34.9"), (120, 172, "40.6")])
def test_bmi_agrees_with_the_worked_examples(weight, height, expected):
    patient = {"weight_kg": weight, "height_cm": height}
    found = value("patient.bmi", patient=patient, pregnancy_status="not_pregnant")
    assert round(found, 1) == Decimal(expected)


def test_bmi_is_exact_at_its_threshold():
    patient = {"weight_kg": 64, "height_cm": 160}
    assert value("patient.bmi", patient=patient, pregnancy_status="trying") == 25
    patient["weight_kg"] = 63.99
    assert value("patient.bmi", patient=patient, pregnancy_status="trying") < 25


def test_bmi_in_pregnancy_uses_the_weight_before_it():
    patient = {"weight_kg": 80, "prepregnancy_weight_kg": 64, "height_cm": 160}
    pregnant = fact("patient.bmi", patient=patient, current_pregnancy={})
    assert pregnant == Known(Decimal(25), ("/patient/height_cm", "/patient/prepregnancy_weight_kg"))
    assert value("patient.bmi", patient=patient, postpartum={"days": 20}) == Decimal("31.25")


@pytest.mark.parametrize(
    ("patient", "status", "missing"),
    [
        ({"weight_kg": 80, "height_cm": 160}, "pregnant", "/patient/prepregnancy_weight_kg"),
        ({"prepregnancy_weight_kg": 80, "height_cm": 160}, "trying", "/patient/weight_kg"),
        ({"weight_kg": 80}, "trying", "/patient/height_cm"),
    ],
)
def test_bmi_is_unknown_without_height_or_the_right_weight(patient, status, missing):
    assert fact("patient.bmi", patient=patient, pregnancy_status=status) == Unknown(Reason.NOT_RECORDED, (missing,))


def test_bmi_has_bounds_where_pregnancy_is_not_known():
    both = {"weight_kg": 80, "prepregnancy_weight_kg": 64, "height_cm": 160}
    assert value("patient.bmi", patient=both) == Interval(Decimal(25), Decimal("31.25"))
    assert value("patient.bmi", patient={"weight_kg": 64, "prepregnancy_weight_kg": 64, "height_cm": 160}) == 25
    one = fact("patient.bmi", patient={"weight_kg": 80, "height_cm": 160})
    assert one == Unknown(Reason.NOT_DETERMINABLE, ("/patient/prepregnancy_weight_kg", "/pregnancy_status"))


def test_body_values_are_read_as_sent():
    patient = {"weight_kg": 62.5, "height_cm": 165, "blood_group": "AB"}
    assert fact("patient.weight_kg", patient=patient) == Known(Decimal("62.5"), ("/patient/weight_kg",))
    assert fact("patient.height_cm", patient=patient) == Known(Decimal(165), ("/patient/height_cm",))
    assert fact("patient.blood_group", patient=patient) == Known("AB", ("/patient/blood_group",))


@pytest.mark.parametrize("name", ["weight_kg", "height_cm", "blood_group"])
def test_body_values_not_sent_are_unknown(name):
    assert fact(f"patient.{name}") == Unknown(Reason.NOT_RECORDED, (f"/patient/{name}",))


# Births


def pregnancies(*outcomes):
    return [{"outcome": item} for item in outcomes]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["live_birth", "neonatal_death", "miscarriage"], Interval(2, 2)),
        (["live_birth", "fetal_death"], Interval(1, 2)),
        (["loss_unspecified", "ectopic", "termination"], Interval(0, 1)),
        ([], Interval(0, 0)),
    ],
)
def test_births_of_a_complete_list(outcomes, expected):
    found = value("parity.births", pregnancies=pregnancies(*outcomes), complete_sections=["pregnancies"])
    assert found == expected


def test_births_of_an_open_list_have_no_upper_end():
    assert value("parity.births", pregnancies=pregnancies("live_birth")) == Interval(1, None)
    assert value("parity.births", loss_summary={"live_births": 2}) == Interval(2, None)
    both = fact("parity.births", pregnancies=pregnancies("live_birth"), loss_summary={"live_births": 3})
    assert both == Known(Interval(3, None), ("/pregnancies", "/loss_summary/live_births"))


def test_births_not_sent_or_contradicting_are_unknown():
    assert value("parity.births") is Reason.NOT_SENT
    assert value("parity.births", pregnancies=[]) is Reason.NOT_RECORDED
    history = {"pregnancies": pregnancies("live_birth"), "complete_sections": ["pregnancies"]}
    assert value("parity.births", **history, loss_summary={"live_births": 2}) is Reason.CONFLICTING
