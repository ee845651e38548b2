"""Antiphospholipid tests at the boundaries of CLINICAL_DECISIONS 2a and 2b: readings, persistence, what stays unknown."""

from datetime import date

import pytest

from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Interval, Known, Reason, Unknown

AS_OF = date(2026, 11, 25)
ASSAYS = {
    "la": "lupus_anticoagulant",
    "acl_igg": "anticardiolipin_igg",
    "acl_igm": "anticardiolipin_igm",
    "acl_iga": "anticardiolipin_iga",
    "b2_igg": "anti_beta2_glycoprotein_i_igg",
    "b2_igm": "anti_beta2_glycoprotein_i_igm",
    "aps_pt": "anti_phosphatidylserine_prothrombin",
}
FIRST, SECOND = "2026-01-01", "2026-03-26"  # 84 days apart
NEGATIVE = [{"assay": ASSAYS[name], "result": "negative"} for name in ("la", "acl_igg", "acl_igm", "b2_igg", "b2_igm")]


@pytest.fixture
def fact(rules):
    def derive(fact_id, *tests, **more):
        sent = {"antiphospholipid_tests": list(tests), **more}
        case = Case(PatientHistory.model_validate(sent, strict=False), AS_OF, rules.parameters)
        return case.fact(fact_id)

    return derive


def value(found):
    return found.value if isinstance(found, Known) else None


def apl(short, **more):
    return {"assay": ASSAYS[short], **more}


def la(on=FIRST, result="positive", **more):
    return apl("la", on=on, result=result, **more)


def elisa(short, number, on=FIRST, **more):
    unit = "MPL" if short.endswith("igm") else "GPL"
    return apl(short, on=on, value=number, unit=unit, method="elisa", **more)


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([la(FIRST), la(SECOND)], True),
        ([la(SECOND), la(FIRST)], True),
        ([la(FIRST), la("2026-03-25")], None),  # 83 days
        ([la(FIRST)], None),
        ([la(FIRST), la(None)], None),
        ([la("2026-01"), la("2026-04")], None),  # 60 to 119 days
        ([la("2026-01"), la("2026-05")], True),  # 90 days at least
        ([la("2026")], None),  # one result is not a pair, however vague its date
        ([la("2026"), la("2026")], None),
        ([la(FIRST, "negative")], False),
        ([la(FIRST), la(SECOND, "negative")], False),
        ([la(FIRST), la("2026-03-25", "negative")], None),
        ([la(SECOND), la(FIRST, "negative")], None),  # newly positive: the repeat is still to come
        ([la(FIRST), la(SECOND, "negative"), la("2026-06-18")], True),
        ([la(FIRST), la(SECOND, on_anticoagulant=True)], None),
        ([la(FIRST, "negative", on_anticoagulant=True)], None),
        ([la(FIRST, on_anticoagulant=True), la(SECOND, "negative")], False),
        ([la(FIRST, "invalid")], None),
        ([la(FIRST, "invalid"), la(SECOND, "negative")], False),
        ([la(FIRST), la(SECOND, "invalid")], None),
        ([], None),
    ],
)
def test_lupus_anticoagulant_persists_when_positive_twice_84_days_apart(fact, tests, expected):
    assert value(fact("apl.la_persistent", *tests)) is expected


def test_reasons_and_sources(fact):
    assert fact("apl.la_persistent") == Unknown(Reason.NOT_RECORDED, ("/antiphospholipid_tests",))
    alone = fact("apl.la_persistent", *NEGATIVE[1:], la())
    assert alone == Unknown(Reason.NOT_DETERMINABLE, ("/antiphospholipid_tests/4",))
    both = fact("apl.la_persistent", la(FIRST), *NEGATIVE[1:], la(SECOND))
    assert both == Known(value=True, sources=("/antiphospholipid_tests/0", "/antiphospholipid_tests/5"))
    wrong = fact("apl.acl_igg_persistent", apl("acl_igg", value=50, unit="MPL", method="elisa"))
    assert wrong == Unknown(Reason.UNIT_NOT_ALLOWED, ("/antiphospholipid_tests/0",))


def test_a_section_that_was_not_sent_is_not_sent(rules):
    case = Case(PatientHistory(), AS_OF, rules.parameters)
    for fact_id in ("apl.raised", "apl.la_positive", "apl.b2gpi_igm_persistent"):
        assert case.fact(fact_id) == Unknown(Reason.NOT_SENT, ("/antiphospholipid_tests",))


def twice(test):
    return [{**test, "on": FIRST}, {**test, "on": SECOND}]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (elisa("acl_igg", 41), True),
        (elisa("acl_igg", 40.1), True),
        (elisa("acl_igg", 40), False),  # over 40, not 40
        (elisa("acl_igg", 12, above_99th_percentile=True), True),
        (apl("acl_igg", above_99th_percentile=True, method="elisa"), True),
        (apl("acl_igg", above_99th_percentile=False), False),
        (elisa("acl_igg", 45, above_99th_percentile=False), True),  # either limit is enough
        (elisa("acl_igg", 30, result="positive"), None),  # the laboratory's limit may be the percentile
        (elisa("acl_igg", 30, result="positive", above_99th_percentile=False), False),
        (elisa("acl_igg", 45, result="negative"), None),  # contradicts itself
        (apl("acl_igg", value=50, unit="GPL"), None),  # method not sent
        (apl("acl_igg", value=50, unit="GPL", method="other"), None),
        (apl("acl_igg", value=10, unit="GPL"), None),
        (apl("acl_igg", value=50, unit="U", method="elisa"), True),
        (apl("acl_igg", value=50, method="elisa"), None),
        (apl("acl_igg", result="positive", method="elisa"), None),  # no titre
        (apl("acl_igg", result="negative"), False),
        (apl("acl_igg"), None),
    ],
)
def test_sydney_reads_anticardiolipin_over_40_units_or_over_the_percentile(fact, test, expected):
    assert value(fact("apl.acl_igg_persistent", *twice(test))) is expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (apl("b2_igm", above_99th_percentile=True, method="elisa"), True),
        (apl("b2_igm", above_99th_percentile=True), None),
        (apl("b2_igm", above_99th_percentile=True, method="elisa", result="negative"), None),
        (apl("b2_igm", above_99th_percentile=False, result="positive"), False),
        (apl("b2_igm", result="negative"), False),
        (elisa("b2_igm", 90), None),  # percentile unknown
        (elisa("b2_igm", 90, result="positive"), None),
    ],
)
def test_sydney_reads_anti_beta2_by_the_percentile_alone(fact, test, expected):
    assert value(fact("apl.b2gpi_igm_persistent", *twice(test))) is expected


@pytest.mark.parametrize(
    ("first", "second", "moderate", "high"),
    [
        (40, 40, True, False),
        (39.9, 90, None, None),  # one positive result, no repeat of it yet
        (79.9, 200, True, None),
        (80, 80, True, True),
        (62, 58, True, False),
        (12, 15, False, False),
        (85, 20, False, False),  # the repeat is below
    ],
)
def test_bands_need_two_titres_of_the_band(fact, first, second, moderate, high):
    tests = [elisa("b2_igg", first, FIRST), elisa("b2_igg", second, SECOND)]
    assert value(fact("apl.b2gpi_igg_moderate_persistent", *tests)) is moderate
    assert value(fact("apl.b2gpi_igg_high_persistent", *tests)) is high


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (apl("acl_igm", value=50, unit="MPL", method="other"), None),
        (apl("acl_igm", value=50, unit="MPL", method="other", above_99th_percentile=False), None),
        (apl("acl_igm", value=10, unit="MPL", method="other"), None),
        (apl("acl_igm", value=10, unit="MPL", method="other", result="negative"), False),
        (apl("acl_igm", result="positive", method="elisa"), None),
        (elisa("acl_igm", 50, result="negative"), None),
    ],
)
def test_bands_need_an_elisa(fact, test, expected):
    assert value(fact("apl.acl_igm_moderate_persistent", *twice(test))) is expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (apl("acl_igg", value=49.5, unit="GPL"), True),  # sample APS-04: no method, no reading
        (apl("acl_igg", value=40, unit="GPL"), True),
        (apl("acl_igg", value=39, unit="GPL"), None),  # between: the laboratory's cut-off decides
        (apl("acl_igg", value=20, unit="GPL"), None),
        (apl("acl_igg", value=19.9, unit="GPL"), False),
        (apl("acl_igg", value=25, unit="GPL", result="positive"), True),
        (apl("acl_igg", value=25, unit="GPL", result="negative"), False),
        (apl("acl_igg", value=45, unit="GPL", result="negative"), None),
        (apl("acl_igg", result="positive"), True),
        (apl("acl_igg", above_99th_percentile=True), True),
        (apl("acl_igg", above_99th_percentile=True, result="negative"), None),
        (apl("acl_igg", above_99th_percentile=False), False),
        (apl("acl_igg", value=50), None),
    ],
)
def test_positive_once_is_read_as_reported(fact, test, expected):
    assert value(fact("apl.acl_igg_positive", test)) is expected


def test_lupus_anticoagulant_once(fact):
    assert value(fact("apl.la_positive", la())) is True
    assert value(fact("apl.la_positive", la(result="negative"))) is False
    assert value(fact("apl.la_positive", la(on_anticoagulant=True))) is None
    assert value(fact("apl.la_positive", la(on_anticoagulant=False))) is True
    assert value(fact("apl.la_positive", la(result="negative"), la(on_anticoagulant=True))) is None
    assert value(fact("apl.la_positive", apl("la", value=2, unit="U"))) is None


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        (NEGATIVE, False),
        (NEGATIVE[:4], None),  # an untested assay is never negative
        ([la()], True),
        ([*NEGATIVE[1:], la(on_anticoagulant=True)], True),  # raises the question although it does not count
        ([*NEGATIVE[1:], la(result="negative", on_anticoagulant=True)], None),
        ([apl("acl_igm", value=27, unit="U")], True),
        ([apl("acl_igm", value=17, unit="U")], None),
        ([*NEGATIVE, apl("acl_iga", result="positive")], True),
        ([*NEGATIVE, apl("aps_pt", result="negative")], False),
    ],
)
def test_the_question_is_raised(fact, tests, expected):
    assert value(fact("apl.raised", *tests)) is expected


@pytest.mark.parametrize(
    ("tests", "moderate", "low"),
    [
        ([apl("b2_igg", value=40, unit="U")], True, True),
        ([*NEGATIVE[:3], apl("b2_igg", value=39, unit="U"), NEGATIVE[4]], False, True),
        ([*NEGATIVE[:3], apl("b2_igg", value=19, unit="U"), NEGATIVE[4]], False, False),
        ([apl("b2_igg", value=39, unit="U")], None, True),
        ([apl("b2_igg", result="positive")], None, None),
    ],
)
def test_solid_phase_bands_whatever_the_method(fact, tests, moderate, low):
    assert value(fact("apl.solid_phase_moderate", *tests)) is moderate
    assert value(fact("apl.solid_phase_low", *tests)) is low


def test_aps_pt_is_read_by_the_laboratory(fact):
    assert value(fact("apl.aps_pt_positive", apl("aps_pt", result="positive"))) is True
    assert value(fact("apl.aps_pt_positive", apl("aps_pt", result="negative"))) is False
    assert value(fact("apl.aps_pt_positive", apl("aps_pt", value=90, unit="U"))) is None


def platelets(number, **more):
    return {"test": "platelets", "value": number, "unit": "10*9/L", **more}


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([platelets(20)], True),
        ([platelets(130)], True),
        ([platelets(19.9)], False),
        ([platelets(130.1)], False),
        ([platelets(90), platelets(15)], False),  # the lowest decides
        ([platelets(250), platelets(100, baseline=True)], True),
        ([platelets(90, comparator="<")], None),
        ([platelets(150, comparator=">")], False),
        ([{"test": "platelets", "result": "abnormal"}], None),
        ([], None),
    ],
)
def test_lowest_platelets_between_20_and_130(fact, results, expected):
    assert value(fact("aps.low_platelets", laboratory=results)) is expected


def test_organs_of_catastrophic_aps(fact):
    organs = [{"code": f"caps_organ_{name}", "status": "present"} for name in ("kidney", "skin", "lung")]
    raised = fact("caps.organs", conditions=organs)
    assert raised.value == Interval(3, 11)
    assert fact("caps.organs", conditions=organs, complete_sections=["conditions"]).value == 3
    assert isinstance(fact("caps.organs"), Unknown)
    assert value(fact("caps.raised", conditions=organs)) is True
    assert value(fact("caps.raised", conditions=[])) is False
    assert value(fact("caps.treated_as_such", conditions=organs)) is False
    both = [{"code": "catastrophic_aps_suspected", "status": status} for status in ("present", "absent")]
    assert fact("caps.treated_as_such", conditions=both).reason is Reason.CONFLICTING


def test_a_diagnosis_not_entered_opens_no_second_way_and_stays_open_itself(fact):
    assert value(fact("aps.diagnosed")) is False
    assert isinstance(fact("condition.antiphospholipid_syndrome"), Unknown)
    entered = [{"code": "obstetric_antiphospholipid_syndrome", "status": "present"}]
    assert value(fact("aps.diagnosed", conditions=entered)) is True
    assert value(fact("aps.obstetric_diagnosed", conditions=entered)) is True
    assert value(fact("aps.thrombotic_diagnosed", conditions=entered)) is False


def test_neuraxial_block(fact):
    assert value(fact("plans.neuraxial_block", plans={"neuraxial_block": True})) is True
    assert fact("plans.neuraxial_block", plans={}).reason is Reason.NOT_RECORDED
    assert fact("plans.neuraxial_block").reason is Reason.NOT_SENT
