"""Blood pressure, urine protein and organ findings at their boundaries. Limits: CLINICAL_DECISIONS 4b and the parameters file."""

import json
from datetime import date
from decimal import Decimal

import pytest

from app.clinical import hypertension, losses, pregnancy  # noqa: F401 - declare the facts read here
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Interval, Known, Reason, Unknown

AS_OF = date(2026, 11, 25)
LIMITS = {
    "hypertension.new_from_days": 140,
    "bp.raised_systolic": 140,
    "bp.raised_diastolic": 90,
    "bp.apart_minutes": 240,
    "bp.severe_systolic": 160,
    "bp.severe_diastolic": 110,
    "bp.nice_over_systolic": 140,
    "bp.nice_over_diastolic": 90,
    "urine.dipstick_plus": 2,
    "urine.dipstick_g_l": 1,
    "preeclampsia.early_delivery_days": 238,
    "aspirin.long_interval_days": 3653,
    "obstetric.first_trimester_days": 98,
}
NORMAL_BEFORE = [{"code": "chronic_hypertension", "status": "absent"}]


def derive(fact_id, **history):
    read = PatientHistory.model_validate_json(json.dumps(history, default=str))
    return Case(read, AS_OF, LIMITS).fact(fact_id)


def value(fact_id, **history):
    found = derive(fact_id, **history)
    return found.value if isinstance(found, Known) else "unknown"


def pregnant(weeks, days=0, **more):
    return {"current_pregnancy": {"gestational_age": {"weeks": weeks, "days": days}, **more}}


def bp(systolic, diastolic, on=None, time=None, **more):
    placed = {"on": on, "time": time} if time else {"on": on} if on else {}
    return {"systolic": systolic, "diastolic": diastolic, **placed, **more}


TODAY, YESTERDAY = "2026-11-25", "2026-11-24"
WEEKS_29 = pregnant(29)


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([bp(140, 80, TODAY, "08:00"), bp(140, 80, TODAY, "12:00")], True),
        ([bp(140, 80, TODAY, "08:00"), bp(140, 80, TODAY, "11:59")], "unknown"),
        ([bp(139, 89, TODAY, "08:00"), bp(139, 89, TODAY, "12:00")], "unknown"),
        ([bp(120, 90, TODAY, "08:00"), bp(120, 90, TODAY, "12:00")], True),
        ([bp(141, 80, TODAY, "08:00"), bp(120, 91, TODAY, "12:00")], True),
        ([bp(150, 95, TODAY, "12:00"), bp(150, 95, TODAY, "08:00")], True),
        ([bp(150, 95, YESTERDAY, "22:00"), bp(150, 95, TODAY, "01:59")], "unknown"),
        ([bp(150, 95, YESTERDAY, "22:00"), bp(150, 95, TODAY, "02:00")], True),
        ([bp(150, 95, YESTERDAY), bp(150, 95, TODAY)], "unknown"),
        ([bp(150, 95, "2026-11-23"), bp(150, 95, TODAY)], True),
        ([bp(150, 95, TODAY), bp(152, 95, TODAY)], "unknown"),
        ([bp(150, 95), bp(152, 96)], "unknown"),
        ([bp(150, 95, TODAY, "08:00")], "unknown"),
        ([bp(150, 95, TODAY, "08:00"), bp(150, 95, TODAY, "08:00")], "unknown"),
        ([], "unknown"),
    ],
)
def test_acog_wants_two_raised_readings_four_hours_apart(readings, expected):
    assert value("bp.raised_twice", vitals=readings, **WEEKS_29) == expected


@pytest.mark.parametrize(("weeks", "days", "expected"), [(19, 6, False), (20, 0, True)])
def test_hypertension_is_new_from_20_weeks(weeks, days, expected):
    readings = [bp(150, 95, TODAY, "08:00"), bp(150, 95, TODAY, "12:00")]
    assert value("bp.raised_twice", vitals=readings, **pregnant(weeks, days)) is expected


def test_a_reading_is_placed_by_its_date_or_by_its_own_gestation():
    early = [bp(150, 95, "2026-11-14", "08:00"), bp(150, 95, "2026-11-14", "12:00")]
    assert value("bp.raised_twice", vitals=early, **pregnant(21, 4)) is True
    assert value("bp.raised_twice", vitals=early, **pregnant(21, 3)) == "unknown"
    stated = [bp(150, 95, gestational_age={"weeks": week, "days": 0}) for week in (25, 27)]
    assert value("bp.raised_twice", vitals=stated, **WEEKS_29) is True
    assert (
        value("bp.raised_twice", vitals=[bp(150, 95, gestational_age={"weeks": 19}), *stated[:1]], **WEEKS_29)
        == "unknown"
    )


def test_undated_readings_may_lie_before_20_weeks():
    assert value("bp.severe_once", vitals=[bp(170, 112)], **WEEKS_29) == "unknown"
    assert value("bp.severe_once", vitals=[bp(170, 112)], **pregnant(17, 6)) is False


@pytest.mark.parametrize(
    ("postpartum", "on", "expected"),
    [
        ({"days": 1}, TODAY, True),
        ({"days": 1}, "2026-11-23", "unknown"),
        ({"days": 1, "delivered_at": {"weeks": 30, "days": 1}}, "2026-11-23", True),
        ({"days": 1, "delivered_at": {"weeks": 20, "days": 0}}, "2026-11-23", "unknown"),
        ({}, TODAY, True),
        ({}, YESTERDAY, "unknown"),
    ],
)
def test_readings_around_a_birth(postpartum, on, expected):
    assert value("bp.severe_once", vitals=[bp(165, 100, on, "08:00")], postpartum=postpartum) == expected


def test_no_is_said_only_when_all_readings_are_listed_and_normal_without_treatment():
    normal = bp(118, 70, TODAY, "08:00", treated=False)
    assert value("bp.raised_twice", vitals=[normal], **WEEKS_29) == "unknown"
    vouched = {"complete_sections": ["vitals"], **WEEKS_29}
    assert value("bp.raised_twice", vitals=[normal], **vouched) is False
    assert value("bp.raised_twice", vitals=[{**normal, "treated": True}], **vouched) == "unknown"
    assert value("bp.raised_twice", vitals=[bp(118, 70, TODAY)], **vouched) == "unknown"
    assert value("bp.raised_twice", vitals=[normal, bp(150, 95, TODAY, "12:00")], **vouched) == "unknown"
    assert value("bp.raised_twice", vitals=[], **vouched) == "unknown"


def test_outside_the_time_that_counts_the_answer_is_no():
    readings = [bp(150, 95, "2026-11-20"), bp(150, 95, TODAY)]
    assert value("bp.raised_twice", vitals=readings, pregnancy_status="not_pregnant") is False
    assert value("bp.raised_twice", vitals=readings) == "unknown"


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([bp(141, 80, TODAY, "08:00"), bp(141, 80, TODAY, "08:10")], True),
        ([bp(140, 90, TODAY, "08:00"), bp(140, 90, TODAY, "14:00")], "unknown"),
        ([bp(120, 91, TODAY, "08:00"), bp(120, 91, TODAY, "09:00")], True),
        ([bp(159, 109, TODAY, "08:00")], "unknown"),
    ],
)
def test_nice_wants_more_than_140_or_90(readings, expected):
    assert value("bp.raised_twice_nice", vitals=readings, **WEEKS_29) == expected


@pytest.mark.parametrize(
    ("readings", "once", "twice", "sustained"),
    [
        ([bp(160, 80, TODAY, "08:00")], True, "unknown", "unknown"),
        ([bp(120, 110, TODAY, "08:00")], True, "unknown", "unknown"),
        ([bp(159, 109, TODAY, "08:00")], "unknown", "unknown", "unknown"),
        ([bp(165, 112, TODAY, "08:00"), bp(165, 112, TODAY, "08:10")], True, True, "unknown"),
        ([bp(165, 112, TODAY, "08:00"), bp(165, 112, TODAY, "12:00")], True, True, True),
        ([bp(165, 112, TODAY, "08:00", treated=True)], True, "unknown", True),
        ([bp(165, 112, TODAY, "08:00"), bp(140, 85, TODAY, "09:00", treated=True)], True, "unknown", True),
        ([bp(140, 85, TODAY, "07:00", treated=True), bp(165, 112, TODAY, "08:00")], True, "unknown", "unknown"),
    ],
)
def test_severe_pressure(readings, once, twice, sustained):
    history = {"vitals": readings, **WEEKS_29}
    assert value("bp.severe_once", **history) == once
    assert value("bp.severe_twice", **history) == twice
    assert value("bp.severe_sustained", **history) == sustained


def test_highest_pressure_is_open_at_the_top_unless_all_readings_are_listed():
    history = {"vitals": [bp(150, 95, TODAY), bp(162, 90, TODAY)], **WEEKS_29}
    assert value("bp.highest_systolic", **history) == Interval(162, None)
    assert value("bp.highest_diastolic", **history, complete_sections=["vitals"]) == Interval(95, 95)
    assert derive("bp.highest_systolic", vitals=[bp(150, 95, TODAY)]) == Unknown(Reason.NOT_DETERMINABLE, ("/vitals",))


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({"conditions": NORMAL_BEFORE}, True),
        ({"conditions": [{"code": "chronic_hypertension", "status": "present"}]}, False),
        ({"vitals": [bp(110, 70, treated=False, gestational_age={"weeks": 12})]}, True),
        ({"vitals": [bp(110, 70, gestational_age={"weeks": 12})]}, "unknown"),
        ({"vitals": [bp(110, 70, treated=False, gestational_age={"weeks": 20})]}, "unknown"),
        ({"conditions": NORMAL_BEFORE, "vitals": [bp(145, 80, gestational_age={"weeks": 12})]}, "unknown"),
        ({"vitals": [bp(145, 80, gestational_age={"weeks": 12, "days": day}) for day in (0, 3)]}, False),
        ({}, "unknown"),
    ],
)
def test_normal_pressure_before_20_weeks(history, expected):
    assert value("bp.normotensive_before", **history, **WEEKS_29) == expected


def test_any_raised_reading_is_reported():
    assert value("bp.raised_reported", vitals=[bp(140, 60)]) is True
    assert value("bp.raised_reported", vitals=[bp(139, 89)]) == "unknown"
    assert value("bp.raised_reported", vitals=[bp(139, 89)], complete_sections=["vitals"]) is False


def lab(test, amount=None, unit=None, **more):
    numbers = {} if amount is None else {"value": amount, "unit": unit}
    return {"test": test, **numbers, **more}


def test_values_from_before_20_weeks_are_not_new():
    old = lab("platelets", 88, "10*9/L", on="2026-08-01")
    assert derive("preeclampsia.platelets", laboratory=[old], **WEEKS_29).reason is Reason.NOT_RECORDED
    new = lab("platelets", 120, "10*9/L", on="2026-11-20")
    assert value("preeclampsia.platelets", laboratory=[old, new], **WEEKS_29) == 120
    assert value("preeclampsia.platelets", laboratory=[lab("platelets", 120, "10*9/L")], **WEEKS_29) == 120
    assert value("preeclampsia.platelets", laboratory=[old], **pregnant(17, 6)) == 88


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([lab("creatinine", 100, "umol/L", on=TODAY), lab("creatinine", 50, "umol/L", baseline=True)], Decimal(2)),
        (
            [lab("creatinine", 99, "umol/L", on=TODAY), lab("creatinine", 50, "umol/L", on="2026-07-01")],
            Decimal("1.98"),
        ),
        ([lab("creatinine", 1, "mg/dL", on=TODAY), lab("creatinine", 44.21, "umol/L", baseline=True)], Decimal(2)),
        ([lab("creatinine", 100, "umol/L", on=TODAY)], "unknown"),
        ([lab("creatinine", 50, "umol/L", baseline=True)], "unknown"),
        (
            [
                lab("creatinine", 100, "umol/L", on=TODAY),
                lab("creatinine", 50, "umol/L", comparator="<", baseline=True),
            ],
            Interval(Decimal(2), None),
        ),
    ],
)
def test_creatinine_against_its_baseline(results, expected):
    assert value("preeclampsia.creatinine_times_baseline", laboratory=results, **WEEKS_29) == expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([lab("ast", 80, "U/L", upper_limit_of_normal=40)], Decimal(2)),
        ([lab("ast", 79, "U/L", upper_limit_of_normal=40)], Decimal("1.975")),
        ([lab("ast", 80, "U/L")], "unknown"),
        ([lab("ast", 80, "U/L", on=TODAY, upper_limit_of_normal=limit) for limit in (35, 40)], "unknown"),
        ([lab("ast", 5, "U/L", comparator="<", upper_limit_of_normal=40)], Interval(Decimal(0), Decimal("0.125"))),
        ([], "unknown"),
    ],
)
def test_transaminases_against_the_laboratorys_limit(results, expected):
    assert value("preeclampsia.ast_times_normal", laboratory=results, **WEEKS_29) == expected


@pytest.mark.parametrize(
    ("stated", "smear", "expected"),
    [
        ("present", None, True),
        (None, "abnormal", True),
        ("absent", None, False),
        ("absent", "normal", False),
        (None, "normal", "unknown"),
        ("absent", "abnormal", "unknown"),
        ("present", "normal", "unknown"),
    ],
)
def test_haemolysis_by_statement_or_smear(stated, smear, expected):
    conditions = [{"code": "haemolysis", "status": stated}] if stated else []
    laboratory = [lab("blood_smear", result=smear)] if smear else []
    assert value("preeclampsia.haemolysis", conditions=conditions, laboratory=laboratory, **WEEKS_29) == expected


def test_a_silent_list_gives_way_to_the_smear():
    history = {"conditions": [], "complete_sections": ["conditions"], **WEEKS_29}
    assert value("preeclampsia.haemolysis", laboratory=[lab("blood_smear", result="abnormal")], **history) is True
    assert value("preeclampsia.haemolysis", **history) is False


@pytest.mark.parametrize(
    ("first", "last", "expected"), [(600, 700, True), (700, 700, False), (700, 600, False), (None, 700, "unknown")]
)
def test_ldh_rising(first, last, expected):
    results = [lab("ldh", last, "U/L", on=TODAY)]
    results += [lab("ldh", first, "U/L", on=YESTERDAY)] if first else []
    assert value("preeclampsia.ldh_rising", laboratory=results, postpartum={"days": 4}) == expected


def protein(*results, **more):
    read = ("protein_24h", "pcr", "acr", "dipstick")
    return [value(f"preeclampsia.urine_{name}_measured", laboratory=list(results), **WEEKS_29, **more) for name in read]


PCR = "urine_protein_creatinine_ratio"
ACR = "urine_albumin_creatinine_ratio"
STICK = "urine_protein_dipstick"


def test_which_protein_tests_were_done():
    assert protein() == ["unknown"] * 4
    assert protein(lab(PCR, 12, "mg/mmol")) == [False, True, False, False]
    assert protein(lab(STICK, 2, "{plus}"), lab(ACR, 9, "mg/mmol")) == [False, False, True, True]
    assert protein(lab(STICK, result="negative")) == [False, False, False, True]
    assert protein(complete_sections=["laboratory"]) == [False] * 4


def test_quantification_is_unavailable_only_when_that_is_said():
    name = "preeclampsia.urine_quantification_unavailable"
    stick = lab(STICK, 2, "{plus}")
    not_done = [lab(test, result="not_done") for test in (PCR, ACR, "urine_protein_24h")]
    assert value(name, laboratory=[stick], **WEEKS_29) == "unknown"
    assert value(name, laboratory=[stick, *not_done[:2]], **WEEKS_29) == "unknown"
    assert value(name, laboratory=[stick, *not_done], **WEEKS_29) is True
    assert value(name, laboratory=[stick], complete_sections=["laboratory"], **WEEKS_29) is True
    assert (
        value(name, laboratory=[stick, lab(ACR, 3, "mg/mmol")], complete_sections=["laboratory"], **WEEKS_29) is False
    )


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([lab(STICK, 2, "{plus}")], Interval(Decimal(2), Decimal(2))),
        ([lab(STICK, 1, "g/L")], Interval(2, 4)),
        ([lab(STICK, 99, "mg/dL")], Interval(0, 1)),
        ([lab(STICK, result="negative")], Interval(0, 0)),
        ([lab(STICK, result="positive")], Interval(Decimal("0.5"), 4)),
        ([lab(STICK, 1, "{plus}", on=TODAY), lab(STICK, 3, "{plus}", on=TODAY)], "unknown"),
        ([], "unknown"),
    ],
)
def test_dipstick(results, expected):
    assert value("preeclampsia.urine_dipstick_plus", laboratory=results, **WEEKS_29) == expected
