"""Facts about embryo transfers and immune tests at their boundaries; then whole answers, in several jurisdictions."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

import app.clinical.facts  # noqa: F401 - declares the catalogue
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.clinical.stances import Status
from app.logic.values import Interval, Known, Reason, Unknown
from app.services.assess import assess

TODAY = date(2026, 11, 25)
PARAMETERS = {"transfers.high_grade_most": 2, "transfers.good_run_above": 3}
FAILED = {"outcome": "not_pregnant"}
GOOD = {**FAILED, "embryos": 1, "quality": "good", "stage": "blastocyst"}
EUPLOID = {**GOOD, "ploidy": "euploid"}
UNTESTED = {**GOOD, "ploidy": "untested"}
POOR = {**FAILED, "embryos": 1, "quality": "other", "stage": "blastocyst"}
SUCCESS = {**GOOD, "outcome": "live_birth"}


def history(transfers=None, *, complete=True, **more) -> PatientHistory:
    sections = {} if transfers is None else {"embryo_transfers": tuple(transfers)}
    vouched = ["embryo_transfers"] if complete else []
    return PatientHistory.model_validate({"complete_sections": vouched, **sections, **more}, strict=False)


def derived(fact_id, transfers=None, *, complete=True, **more):
    case = Case(history(transfers, complete=complete, **more), TODAY, PARAMETERS)
    return case.fact(fact_id)


def value(fact_id, transfers=None, *, complete=True, **more):
    found = derived(fact_id, transfers, complete=complete, **more)
    assert isinstance(found, Known), found
    return found.value


COUNTS = [
    "count",
    "failed",
    "failed_euploid_blastocysts",
    "failed_good_blastocysts",
    "good_embryos_failed",
    "failed_good_cycles",
    "failed_blastocyst_embryos",
    "failed_eight_cell_embryos",
    "failed_under_immunomodulation",
    "longest_high_grade_run",
    "good_run_euploid_blastocysts",
    "cumulative_predicted_chance",
]


@pytest.mark.parametrize("name", COUNTS)
def test_a_section_not_sent_is_unknown_and_a_vouched_empty_one_is_nought(name):
    assert derived(f"transfers.{name}", complete=False) == Unknown(Reason.NOT_SENT, ("/embryo_transfers",))
    assert value(f"transfers.{name}", []) == 0
    assert value(f"transfers.{name}") == 0


@pytest.mark.parametrize("name", [name for name in COUNTS if name != "cumulative_predicted_chance"])
def test_a_list_that_may_be_incomplete_has_an_open_end(name):
    assert value(f"transfers.{name}", [], complete=False) == Interval(0, None)


def test_count_takes_every_transfer_and_names_it():
    found = derived("transfers.count", [FAILED, SUCCESS])
    assert found == Known(2, ("/embryo_transfers/0", "/embryo_transfers/1"))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("not_pregnant", 1), ("biochemical", 1), ("clinical_pregnancy", 0), ("live_birth", 0)],
)
def test_failed_means_no_clinical_pregnancy(outcome, expected):
    assert value("transfers.failed", [{"outcome": outcome}]) == expected


def test_a_transfer_without_a_result_may_have_failed():
    assert value("transfers.failed", [FAILED, {}]) == Interval(1, 2)


def test_failures_before_a_pregnancy_are_still_failures_but_not_a_settled_series():
    assert value("transfers.failed", [GOOD, GOOD, SUCCESS, GOOD]) == 3
    assert value("transfers.failed_good_cycles", [GOOD, GOOD, SUCCESS, GOOD]) == Interval(1, 3)
    assert value("transfers.failed_good_cycles", [SUCCESS, GOOD, GOOD, GOOD]) == 3


@pytest.mark.parametrize(
    ("transfer", "expected"),
    [
        ({**EUPLOID, "embryos": 2}, 1),
        ({**FAILED, "stage": "blastocyst", "ploidy": "euploid"}, 1),
        ({**EUPLOID, "stage": "cleavage"}, 0),
        (UNTESTED, 0),
        ({**GOOD, "ploidy": "not_euploid"}, 0),
        (GOOD, Interval(0, 1)),
        ({**FAILED, "ploidy": "euploid"}, Interval(0, 1)),
        ({**EUPLOID, "outcome": "clinical_pregnancy"}, 0),
    ],
)
def test_euploid_blastocyst_transfers(transfer, expected):
    assert value("transfers.failed_euploid_blastocysts", [transfer]) == expected


@pytest.mark.parametrize(
    ("transfer", "expected"),
    [
        ({**FAILED, "quality": "good", "embryos": 2}, 2),
        ({**FAILED, "quality": "good"}, Interval(1, None)),
        ({**FAILED, "quality": "other", "embryos": 1}, 0),
        ({**FAILED, "quality": "other", "embryos": 2}, Interval(0, 1)),
        ({**FAILED, "quality": "other"}, Interval(0, None)),
        ({**FAILED, "embryos": 2}, Interval(0, 2)),
        (FAILED, Interval(0, None)),
    ],
)
def test_good_embryos_are_a_range_where_quality_or_number_is_not_known(transfer, expected):
    assert value("transfers.good_embryos_failed", [transfer]) == expected


def test_cycles_and_blastocysts_of_good_quality():
    mixed = [GOOD, POOR, {**FAILED, "stage": "cleavage", "quality": "good", "embryos": 1}]
    assert value("transfers.failed_good_cycles", mixed) == 2
    assert value("transfers.failed_good_blastocysts", mixed) == 1
    assert value("transfers.failed_blastocyst_embryos", [{**POOR, "embryos": 3}, *mixed]) == 5


def test_eight_cell_embryos_are_at_most_the_cleavage_stage_ones():
    assert value("transfers.failed_eight_cell_embryos", [GOOD]) == 0
    assert value("transfers.failed_eight_cell_embryos", [{**FAILED, "stage": "cleavage", "embryos": 3}]) == Interval(
        0, 3
    )


@pytest.mark.parametrize(
    ("transfers", "expected"),
    [
        ([GOOD, GOOD, GOOD], 3),
        ([GOOD, {**GOOD, "embryos": 2}, {**GOOD, "embryos": 3}], 2),
        ([GOOD, POOR, GOOD], 1),
        ([GOOD, GOOD, SUCCESS, GOOD], 2),
        ([GOOD, {}, GOOD], Interval(1, 3)),
        ([{**FAILED, "quality": "good"}], Interval(0, 1)),
    ],
)
def test_simon_and_laufer_count_consecutive_transfers_of_one_or_two_high_grade_embryos(transfers, expected):
    assert value("transfers.longest_high_grade_run", transfers) == expected


@pytest.mark.parametrize(
    ("transfers", "expected"),
    [
        ([EUPLOID, EUPLOID, UNTESTED, UNTESTED], 2),
        ([EUPLOID, EUPLOID, UNTESTED], 0),
        ([EUPLOID, UNTESTED, UNTESTED, UNTESTED], 1),
        ([{**EUPLOID, "embryos": 2}, UNTESTED, UNTESTED, UNTESTED], 2),
        ([EUPLOID, EUPLOID, SUCCESS, UNTESTED, UNTESTED], 0),
        ([EUPLOID, EUPLOID, UNTESTED, UNTESTED, SUCCESS, UNTESTED], 2),
        ([EUPLOID, EUPLOID, POOR, UNTESTED, UNTESTED], Interval(0, 2)),
        ([EUPLOID, EUPLOID, UNTESTED, {}], Interval(0, None)),
        ([EUPLOID, GOOD, GOOD, GOOD], Interval(1, 4)),
    ],
)
def test_ontario_counts_euploid_blastocysts_inside_one_long_run(transfers, expected):
    assert value("transfers.good_run_euploid_blastocysts", transfers) == expected


def test_failure_under_immunomodulation():
    given, withheld = {**FAILED, "immunomodulation": True}, {**FAILED, "immunomodulation": False}
    assert value("transfers.failed_under_immunomodulation", [given, SUCCESS, withheld]) == 1
    assert value("transfers.failed_under_immunomodulation", [withheld, FAILED]) == Interval(0, 1)
    assert value("transfers.failed_under_immunomodulation", [{**given, "outcome": "live_birth"}]) == 0


def chance(p, outcome="not_pregnant"):
    return {"outcome": outcome, "predicted_chance": Decimal(p)}


CHANCE = "transfers.cumulative_predicted_chance"


@pytest.mark.parametrize(
    ("p", "failures", "percent"),
    [
        ("0.50", 2, "75"),
        ("0.40", 2, "64"),
        ("0.30", 3, "65.7"),
        ("0.25", 4, "68.4"),
        ("0.20", 5, "67.2"),
        ("0.15", 6, "62.3"),
        ("0.10", 9, "61.3"),
    ],
)
def test_equal_chances_pass_sixty_percent_at_the_printed_number(p, failures, percent):
    reached = value(CHANCE, [chance(p)] * failures)
    assert abs(reached * 100 - Decimal(percent)) <= Decimal("0.05")
    assert value(CHANCE, [chance(p)] * (failures - 1)) <= Decimal("0.6") < reached


def test_the_cumulative_chance_is_exact():
    assert value(CHANCE, [chance("0.2"), chance("0.5")]) == Decimal("0.60")
    assert Fraction(value(CHANCE, [chance("0.001")] * 60)) == 1 - Fraction(999, 1000) ** 60


def test_one_chance_not_given_leaves_the_whole_unknown():
    assert derived(CHANCE, [chance("0.9"), FAILED, chance("0.9")]) == Unknown(
        Reason.NOT_RECORDED, ("/embryo_transfers/1",)
    )
    assert isinstance(derived(CHANCE, [FAILED], patient={"age_years": 25}), Unknown)


def test_a_positive_test_is_no_failure_for_eshre():
    assert value(CHANCE, [chance("0.4"), chance("0.4", "biochemical")]) == Interval(0, Decimal("0.4"))
    assert value(CHANCE, [{"outcome": "live_birth"}, chance("0.4"), chance("0.4")]) == Decimal("0.64")


def test_transfers_that_may_be_missing_can_only_raise_the_chance():
    assert value(CHANCE, [chance("0.4"), chance("0.4")], complete=False) == Interval(Decimal("0.64"), 1)


EQUIVALENT = "untested_transfers_equal_three_euploid"


@pytest.mark.parametrize(("status", "expected"), [("present", True), ("absent", False)])
def test_the_clinic_states_the_equivalence(status, expected):
    assert (
        value("transfers.untested_equivalent", [UNTESTED], conditions=[{"code": EQUIVALENT, "status": status}])
        is expected
    )


def test_the_equivalence_is_never_inferred():
    vouched = ["embryo_transfers", "conditions"]
    found = derived("transfers.untested_equivalent", [UNTESTED, EUPLOID], complete_sections=vouched, conditions=[])
    assert found == Unknown(Reason.NOT_RECORDED, ("/embryo_transfers/0",))
    assert value("transfers.untested_equivalent", [EUPLOID, {**GOOD, "ploidy": "not_euploid"}]) is False
    assert isinstance(derived("transfers.untested_equivalent", [EUPLOID], complete=False), Unknown)


AGE = "transfers.max_age_at_retrieval"


@pytest.mark.parametrize(
    ("transfers", "age", "expected"),
    [
        ([{**FAILED, "age_at_retrieval": 36}, {**FAILED, "age_at_retrieval": 39}], None, 39),
        ([{**FAILED, "oocyte_source": "own"}], 39, Interval(None, 39)),
        ([{**FAILED, "oocyte_source": "own", "age_at_retrieval": 38}], 44, 38),
        ([{**FAILED, "age_at_retrieval": 36}, {**SUCCESS, "age_at_retrieval": 41}], None, 36),
        ([{**FAILED, "age_at_retrieval": 36}, {"age_at_retrieval": 41}], None, Interval(36, 41)),
        ([{**FAILED, "age_at_retrieval": 36}, {**FAILED, "oocyte_source": "donor"}], 30, Interval(36, None)),
    ],
)
def test_age_at_retrieval(transfers, age, expected):
    assert value(AGE, transfers, patient={"age_years": age}) == expected


def test_a_donors_age_is_not_the_patients():
    found = derived(AGE, [{**FAILED, "oocyte_source": "donor"}], patient={"age_years": 36})
    assert found == Unknown(Reason.NOT_RECORDED, ("/embryo_transfers/0",))


def immune(*tests, **more):
    return derived("immune.nk_or_th1_abnormal", laboratory=list(tests), **more)


def lab(test, result=None, **more):
    return {"test": test, "result": result, **more}


@pytest.mark.parametrize("test", ["nk_cells", "nk_cytotoxicity", "th1_th2_ratio"])
def test_one_abnormal_immune_test_is_enough(test):
    others = {"nk_cells", "nk_cytotoxicity", "th1_th2_ratio"} - {test}
    tests = [lab(test, "abnormal"), *(lab(other, "normal") for other in sorted(others))]
    assert immune(*tests) == Known(True, ("/laboratory/0",))


def test_normal_immune_tests_decide_without_those_not_done():
    assert immune(lab("nk_cells", "normal"), lab("th1_th2_ratio", "not_done")) == Known(False, ("/laboratory/0",))


def test_a_number_is_not_judged_without_the_laboratorys_reading():
    assert immune(lab("nk_cells", value=Decimal(14), unit="%")) == Unknown(Reason.NOT_RECORDED, ("/laboratory",))
    assert derived("immune.nk_or_th1_abnormal").reason is Reason.NOT_SENT


def test_contradicting_readings_stay_unknown_unless_another_test_is_abnormal():
    clash = (lab("nk_cells", "normal"), lab("nk_cells", "abnormal"))
    assert immune(*clash, lab("th1_th2_ratio", "normal")).reason is Reason.CONFLICTING
    assert immune(*clash, lab("th1_th2_ratio", "abnormal")) == Known(True, ("/laboratory/2",))


def test_chronic_endometritis_is_an_investigation():
    found = derived(
        "investigation.chronic_endometritis", investigations=[{"code": "chronic_endometritis", "result": "abnormal"}]
    )
    assert found == Known("abnormal", ("/investigations/0",))


def answer(rules, place, *transfers, **more):
    given = assess(rules, history(transfers, jurisdiction=place, **more), TODAY)
    return next(item for item in given.candidacy if item.indication == "recurrent_implantation_failure")


@pytest.mark.parametrize("place", [None, "EU", "GB-ENG", "GB-WLS", "FR", "AU", "JP", "DE", "CA", "US", "IN"])
@pytest.mark.parametrize("failures", [1, 3, 8])
def test_no_number_of_failures_makes_a_candidate(rules, place, failures):
    assert answer(rules, place, *[EUPLOID] * failures).status is Status.NOT_RECOMMENDED


@pytest.mark.parametrize(
    ("place", "expected"), [("US", True), ("EU", False), ("GB-ENG", False), ("DE", False), (None, False)]
)
def test_the_american_answer_rests_on_wording_to_be_checked(rules, place, expected):
    assert answer(rules, place, GOOD, GOOD).evidence_to_be_checked is expected


@pytest.mark.parametrize(
    ("place", "shown"), [("JP", True), ("AU", True), ("BR", True), ("IN", True), ("DE", False), ("GB-SCT", False)]
)
def test_a_place_without_a_position_of_its_own_says_so(rules, place, shown):
    notes = {item.id for item in answer(rules, place, GOOD).notes}
    assert ("rif-candidacy-no-national-position" in notes) is shown


def test_every_position_is_shown_whatever_the_place(rules):
    issuers = {(item.issuer, item.stance.value) for item in answer(rules, "KR", GOOD).positions}
    assert {("KSRI", "recommends"), ("ESHRE", "recommends-against"), ("HFEA", "recommends-against")} <= issuers


def test_the_korean_recommendation_is_capped_and_without_a_dose(rules):
    abnormal = [lab("nk_cytotoxicity", "abnormal")]
    found = answer(rules, "KR", GOOD, GOOD, GOOD, laboratory=abnormal)
    assert found.status is Status.MAY_BE_CONSIDERED
    assert found.protocol == ()
    assert answer(rules, "JP", GOOD, GOOD, GOOD, laboratory=abnormal).status is Status.NOT_RECOMMENDED


ONTARIAN = {"age_years": 39, "weight_kg": 68, "prepregnancy_weight_kg": 68, "height_cm": 168, "smoker": False}


def test_ontario_shows_its_dose_and_the_criterion_it_lacks(rules):
    found = answer(rules, "CA-ON", EUPLOID, EUPLOID, UNTESTED, UNTESTED, patient=ONTARIAN)
    assert found.status is Status.MAY_BE_CONSIDERED
    assert "0.4-0.6 g/kg" in found.protocol[0].steps[0].text
    assert "ontario-criterion-4" in {item.id for item in found.notes}
    assert "eligible" not in repr(found).lower()


@pytest.mark.parametrize("changed", [{"smoker": True}, {"age_years": 42}, {"height_cm": 139}])
def test_ontario_is_not_met_when_one_criterion_certainly_fails(rules, changed):
    donor_excluded = [{"code": "donor_oocytes", "status": "absent"}]
    found = answer(
        rules, "CA-ON", EUPLOID, EUPLOID, UNTESTED, UNTESTED, patient={**ONTARIAN, **changed}, conditions=donor_excluded
    )
    assert found.status is Status.CRITERIA_NOT_MET
    assert found.protocol == ()


def test_what_is_marked_uncertain_is_never_cited(rules):
    uncertain = {
        "cfas-2020-ivig",
        "dggg-2019-ivig",
        "au-rif",
        "li-2013-result",
        "virro-2012-result",
        "eshre-rif-2023-age-table",
    }
    assert not uncertain & rules.statements.keys()
