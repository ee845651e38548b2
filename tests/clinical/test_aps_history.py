"""Thromboses, pregnancy morbidity, failed treatment and timing at the boundaries of CLINICAL_DECISIONS 2b and 2d."""

from datetime import date

import pytest

from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Interval, Known, Reason, Unknown

AS_OF = date(2026, 11, 25)


@pytest.fixture
def fact(rules):
    def derive(fact_id, *, complete=True, **sections):
        vouched = [name for name in sections if complete and name not in ("loss_summary", "laboratory")]
        history = PatientHistory.model_validate({**sections, "complete_sections": vouched}, strict=False)
        return Case(history, AS_OF, rules.parameters).fact(fact_id)

    return derive


def value(found):
    return found.value if isinstance(found, Known) else None


def age(days):
    return {"weeks": days // 7, "days": days % 7}


def pregnancy(outcome, days=None, **more):
    return {"outcome": outcome, **({} if days is None else {"gestational_age": age(days)}), **more}


def miscarriage(days=50, **more):
    return pregnancy("miscarriage", days, **more)


# Thromboses


@pytest.mark.parametrize(
    ("event", "happened", "confirmed"),
    [
        ({"confirmed": True}, True, True),
        ({"confirmed": True, "superficial": False}, True, True),
        ({"confirmed": True, "superficial": True}, False, False),
        ({}, True, None),
        ({"confirmed": False}, None, False),
    ],
)
def test_a_thrombosis_counts_when_confirmed_and_not_superficial(fact, event, happened, confirmed):
    events = [{"type": "venous", **event}]
    assert value(fact("thrombosis.any", thrombotic_events=events)) is happened
    assert value(fact("thrombosis.any_confirmed", thrombotic_events=events)) is confirmed
    assert value(fact("thrombosis.arterial", thrombotic_events=events)) is False


@pytest.mark.parametrize(("profile", "expected"), [(True, False), (False, True), (None, None)])
def test_the_profile_is_the_clinicians(fact, profile, expected):
    sent = {} if profile is None else {"high_risk_profile": profile}
    events = [{"type": "arterial", "confirmed": True, **sent}]
    assert value(fact("thrombosis.arterial", thrombotic_events=events)) is True
    assert value(fact("thrombosis.arterial_without_high_risk_profile", thrombotic_events=events)) is expected


def test_an_empty_list_of_thromboses_says_no_only_when_complete(fact):
    assert value(fact("thrombosis.any", thrombotic_events=[])) is False
    assert fact("thrombosis.any", thrombotic_events=[], complete=False).reason is Reason.NOT_RECORDED
    assert fact("thrombosis.any").reason is Reason.NOT_SENT


# Sydney 2a, 2b, 2c


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (pregnancy("fetal_death", 70, fetal_morphology="normal"), 1),
        (pregnancy("fetal_death", 69, fetal_morphology="normal"), 0),
        (miscarriage(80, fetal_morphology="normal"), 1),
        (pregnancy("fetal_death", 70, fetal_morphology="abnormal"), 0),
        (pregnancy("fetal_death", 70, fetal_morphology="normal", karyotype="abnormal"), 0),
        (pregnancy("fetal_death", 70), Interval(0, 1)),
        (pregnancy("fetal_death", 70, fetal_morphology="not_examined"), Interval(0, 1)),
        (pregnancy("fetal_death", fetal_morphology="normal"), Interval(0, 1)),
        (pregnancy("loss_unspecified", 80, fetal_morphology="normal"), Interval(0, 1)),
        (pregnancy("live_birth", 280, fetal_morphology="normal"), 0),
        (pregnancy("termination", 100, fetal_morphology="normal"), 0),
    ],
)
def test_deaths_of_a_normal_fetus_from_70_days(fact, loss, expected):
    assert value(fact("aps.normal_fetal_deaths", pregnancies=[loss])) == expected


def test_deaths_are_open_upwards_while_the_list_is_not_complete(fact):
    death = pregnancy("fetal_death", 100, fetal_morphology="normal")
    assert value(fact("aps.normal_fetal_deaths", pregnancies=[death], complete=False)) == Interval(1, None)


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (pregnancy("live_birth", 237, complications=["preeclampsia_severe_features"]), True),
        (pregnancy("live_birth", 238, complications=["preeclampsia_severe_features"]), False),
        (pregnancy("neonatal_death", 200, complications=["eclampsia"]), True),
        (pregnancy("live_birth", 200, complications=["placental_insufficiency_severe_features"]), True),
        (pregnancy("live_birth", 200, complications=["preeclampsia"]), None),  # severity unknown
        (pregnancy("live_birth", 200, complications=["preterm_birth"]), None),  # reason unknown
        (pregnancy("live_birth", 200, complications=["gestational_hypertension"]), False),
        (pregnancy("live_birth", 200, complications=[]), False),
        (pregnancy("live_birth", 200), None),
        (pregnancy("live_birth", complications=["eclampsia"]), None),
        (pregnancy("live_birth", 200, complications=["eclampsia"], fetal_morphology="abnormal"), False),
        (pregnancy("fetal_death", 200, complications=["eclampsia"]), False),  # no birth of a neonate: 2a
    ],
)
def test_births_before_238_days_for_placental_disease(fact, birth, expected):
    assert value(fact("aps.preterm_placental_birth", pregnancies=[birth])) is expected


@pytest.mark.parametrize(
    ("pregnancies", "expected"),
    [
        ([miscarriage(69)] * 3, 3),
        ([miscarriage(69), miscarriage(70), miscarriage(69)], 1),
        ([miscarriage(), pregnancy("live_birth", 270), miscarriage(), miscarriage()], 2),
        ([miscarriage(), miscarriage(karyotype="abnormal"), miscarriage()], 1),
        ([miscarriage(), pregnancy("biochemical"), miscarriage()], Interval(1, 3)),
        ([miscarriage(), miscarriage(None), miscarriage()], Interval(1, 3)),
        ([], 0),
    ],
)
def test_runs_of_miscarriages_before_70_days(fact, pregnancies, expected):
    assert value(fact("aps.early_miscarriage_run", pregnancies=pregnancies)) == expected


def test_a_run_is_not_certain_while_a_birth_may_lie_between(fact):
    assert value(fact("aps.early_miscarriage_run", pregnancies=[miscarriage()] * 3, complete=False)) == Interval(
        1, None
    )
    assert value(fact("aps.early_miscarriage_run", loss_summary={"losses": 2})) == Interval(0, 2)


# ACR/EULAR D4


@pytest.mark.parametrize(("days", "expected"), [(111, 3), (112, 1)])
def test_early_losses_end_at_16_weeks(fact, days, expected):
    pregnancies = [miscarriage(days), miscarriage(), miscarriage(days)]
    assert value(fact("aps.loss_run_before_16_weeks", pregnancies=pregnancies)) == expected


@pytest.mark.parametrize(("days", "expected"), [(111, 0), (112, 1), (237, 1), (238, 0)])
def test_fetal_deaths_from_16_to_34_weeks(fact, days, expected):
    assert value(fact("aps.late_fetal_deaths", pregnancies=[pregnancy("fetal_death", days)])) == expected


@pytest.mark.parametrize(
    ("complications", "either", "both"),
    [
        (["preeclampsia_severe_features", "placental_insufficiency_severe_features"], True, True),
        (["preeclampsia_severe_features"], True, None),  # the second component is unknown
        (["placental_insufficiency_severe_features"], True, None),
        (["preeclampsia_severe_features", "fetal_growth_restriction"], True, None),
        (["placental_insufficiency"], None, False),
        (["gald"], False, False),
        ([], False, False),
        (None, None, None),
    ],
)
def test_severe_placental_disease(fact, complications, either, both):
    sent = {} if complications is None else {"complications": complications}
    pregnancies = [pregnancy("fetal_death", 200, **sent)]
    assert value(fact("aps.severe_placental_disease", pregnancies=pregnancies)) is either
    assert value(fact("aps.severe_preeclampsia_and_insufficiency", pregnancies=pregnancies)) is both


def test_an_early_loss_had_no_severe_placental_disease(fact):
    losses = [miscarriage(60), pregnancy("biochemical"), pregnancy("ectopic")]
    assert value(fact("aps.severe_placental_disease", pregnancies=losses)) is False
    assert value(fact("aps.severe_placental_disease", loss_summary={"losses": 0, "live_births": 0})) is False
    assert value(fact("aps.severe_placental_disease", loss_summary={"losses": 0})) is None


# Refractory disease

BOTH = {"treatments": ["aspirin", "heparin_prophylactic"]}


def treated(days=42, **more):
    return {**BOTH, "treatment_started_at": age(days), **more}


@pytest.mark.parametrize(
    ("pregnancies", "expected"),
    [
        ([pregnancy("fetal_death", 126, **treated(97))], True),
        ([pregnancy("fetal_death", 126, **treated(98))], False),
        ([pregnancy("fetal_death", 126, **treated(treatments=["aspirin", "heparin_therapeutic"]))], True),
        ([pregnancy("fetal_death", 126, **BOTH)], None),  # start not stated
        ([pregnancy("fetal_death", 126, **treated(treatments=["aspirin"]))], False),
        ([pregnancy("fetal_death", 126, treatments=["none"])], False),
        ([pregnancy("fetal_death", 126)], None),
        ([pregnancy("fetal_death", 126, karyotype="abnormal", **treated())], False),
        ([pregnancy("loss_unspecified", **treated())], True),
        ([pregnancy("live_birth", 210, complications=["eclampsia"], **treated())], True),
        ([pregnancy("live_birth", 270, complications=[])], False),
        ([pregnancy("live_birth", 270)], None),  # complications and treatment unknown
        ([pregnancy("live_birth", 270, treatments=["none"])], False),
        ([miscarriage(treatments=["none"]), pregnancy("fetal_death", 126, **treated())], True),
        ([], False),
    ],
)
def test_refractory_by_the_listed_pregnancies(fact, pregnancies, expected):
    assert value(fact("aps.refractory", pregnancies=pregnancies)) is expected


def test_an_incomplete_list_never_excludes_refractory_disease(fact):
    untreated = [pregnancy("fetal_death", 126, treatments=["none"])]
    assert value(fact("aps.refractory", pregnancies=untreated, complete=False)) is None
    assert value(fact("aps.refractory", pregnancies=[pregnancy("fetal_death", 126, **treated())], complete=False))
    assert value(fact("aps.refractory", loss_summary={"losses": 0, "live_births": 0})) is False


def test_the_clinicians_word(fact):
    present = [{"code": "refractory_obstetric_aps", "status": "present"}]
    absent = [{"code": "refractory_obstetric_aps", "status": "absent"}]
    assert value(fact("aps.refractory", conditions=present)) is True
    assert value(fact("aps.refractory", conditions=absent)) is False
    assert fact("aps.refractory", conditions=[*present, *absent]).reason is Reason.CONFLICTING
    untreated = [pregnancy("fetal_death", 126, treatments=["none"])]
    assert fact("aps.refractory", conditions=present, pregnancies=untreated).reason is Reason.CONFLICTING
    failed = [pregnancy("fetal_death", 126, **treated())]
    assert fact("aps.refractory", conditions=absent, pregnancies=failed).reason is Reason.CONFLICTING
    assert value(fact("aps.refractory_asserted", conditions=present)) is True
    assert value(fact("aps.refractory_asserted", conditions=[])) is False


def test_vouching_for_the_diagnoses_says_nothing_about_treatment(fact):
    assert (
        value(fact("aps.refractory", conditions=[], pregnancies=[pregnancy("fetal_death", 126, **treated())])) is True
    )
    assert fact("aps.refractory", conditions=[]) == Unknown(Reason.NOT_SENT, ("/pregnancies",))


def test_pregnancy_morbidity(fact):
    assert value(fact("aps.pregnancy_morbidity", pregnancies=[miscarriage()])) is True
    assert value(fact("aps.pregnancy_morbidity", loss_summary={"losses": {"minimum": 2}})) is True
    assert value(fact("aps.pregnancy_morbidity", pregnancies=[pregnancy("live_birth", 270, complications=[])])) is False
    severe = pregnancy("live_birth", 230, complications=["preeclampsia_severe_features"])
    assert value(fact("aps.pregnancy_morbidity", pregnancies=[severe])) is True
    assert value(fact("aps.pregnancy_morbidity", pregnancies=[pregnancy("live_birth", 270)])) is None


# Timing


def la(on, **more):
    return {"assay": "lupus_anticoagulant", "on": on, "result": "positive", **more}


def clot(on, **more):
    return {"type": "venous", "on": on, "confirmed": True, **more}


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        ("2020-03-25", True),  # 84 days
        ("2020-03-24", None),  # 83 days: avoided, never denied
        ("2024-12-31", True),  # 1826 days
        ("2025-01-01", None),  # 1827 days
        ("2015-06-01", True),  # in either direction
        ("2020", None),
        (None, None),
    ],
)
def test_sydney_timing_is_true_or_unknown_never_false(fact, tested, expected):
    found = fact("aps.sydney_timing", thrombotic_events=[clot("2020-01-01")], antiphospholipid_tests=[la(tested)])
    assert value(found) is expected
    assert expected or found.reason is Reason.NOT_DETERMINABLE


def test_sydney_timing_needs_an_event_and_a_positive_test_that_count(fact):
    test = [la("2020-06-01")]
    events = [clot("2020-01-01", superficial=True)]
    assert value(fact("aps.sydney_timing", thrombotic_events=events, antiphospholipid_tests=test)) is None
    drawn = [la("2020-06-01", on_anticoagulant=True)]
    assert (
        value(fact("aps.sydney_timing", thrombotic_events=[clot("2020-01-01")], antiphospholipid_tests=drawn)) is None
    )
    run = [miscarriage(ended_on="2020-01-01")] * 3
    assert value(fact("aps.sydney_timing", pregnancies=run, antiphospholipid_tests=test)) is True
    assert value(fact("aps.sydney_timing", pregnancies=run[:2], antiphospholipid_tests=test)) is None
    assert value(fact("aps.sydney_timing", pregnancies=run, antiphospholipid_tests=test, complete=False)) is None
    birth = [miscarriage(ended_on="2020-01-01"), pregnancy("live_birth", 270), *run[:2]]
    assert value(fact("aps.sydney_timing", pregnancies=birth, antiphospholipid_tests=test)) is None
    assert fact("aps.sydney_timing", pregnancies=run).reason is Reason.NOT_SENT


ALL_LISTS = {"pregnancies": [], "thrombotic_events": [], "conditions": [], "laboratory": []}
HIGH_PLATELETS = [{"test": "platelets", "value": 250, "unit": "10*9/L"}]
OTHERS_NEGATIVE = [
    {"assay": assay, "result": "negative"}
    for assay in (
        "anticardiolipin_igg",
        "anticardiolipin_igm",
        "anti_beta2_glycoprotein_i_igg",
        "anti_beta2_glycoprotein_i_igm",
    )
]


@pytest.mark.parametrize(
    ("tested", "expected"),
    [("2023-01-01", True), ("2023-01-02", False), ("2019-12-31", True), ("2023", None), (None, None)],
)
def test_entry_within_1096_days(fact, tested, expected):
    events = {**ALL_LISTS, "laboratory": HIGH_PLATELETS, "thrombotic_events": [clot("2020-01-01")]}
    tests = [la(tested), *OTHERS_NEGATIVE]
    assert value(fact("aps.acr_eular_entry", **events, antiphospholipid_tests=tests)) is expected


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({}, False),
        ({"conditions": [{"code": "valve_thickening", "status": "present", "on": "2025-06"}]}, True),
        ({"conditions": [{"code": "valve_thickening", "status": "present"}]}, None),
        ({"laboratory": [{"test": "platelets", "value": 90, "unit": "10*9/L", "on": "2025-01-01"}]}, True),
        ({"laboratory": []}, None),  # the lowest count is not known
        ({"pregnancies": [pregnancy("fetal_death", 120, ended_on="2025-01-01")]}, True),
        ({"pregnancies": [miscarriage(ended_on="2025-01-01")] * 3}, True),
        ({"pregnancies": [miscarriage(ended_on="2025-01-01")] * 2}, False),
        ({"thrombotic_events": [clot("2025-01-01", type="small_vessel")]}, False),
    ],
)
def test_entry_by_each_domain(fact, sections, expected):
    lists = {**ALL_LISTS, "laboratory": HIGH_PLATELETS, **sections}
    tests = [la("2025-06-01"), *OTHERS_NEGATIVE]
    assert value(fact("aps.acr_eular_entry", **lists, antiphospholipid_tests=tests)) is expected


def test_entry_needs_a_positive_test(fact):
    lists = {**ALL_LISTS, "thrombotic_events": [clot("2025-01-01")]}
    negative = [{"assay": "lupus_anticoagulant", "result": "negative"}, *OTHERS_NEGATIVE]
    assert value(fact("aps.acr_eular_entry", **lists, antiphospholipid_tests=negative)) is False
    assert value(fact("aps.acr_eular_entry", **lists, antiphospholipid_tests=negative[1:])) is None
    moderate = {"assay": "anticardiolipin_igm", "on": "2025-03-01", "value": 40, "unit": "MPL", "method": "elisa"}
    assert value(fact("aps.acr_eular_entry", **lists, antiphospholipid_tests=[moderate])) is True
    low = [{**moderate, "value": 39}, negative[0], negative[1], *negative[3:]]
    assert value(fact("aps.acr_eular_entry", **lists, antiphospholipid_tests=low)) is False
