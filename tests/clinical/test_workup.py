"""Causes of losses, three-valued: the table `unexplained` of CLINICAL_DECISIONS 1b [house-unexplained-workup]."""

import pytest

from app.logic.values import Known, Reason, Unknown
from tests.clinical.obstetric_cases import COMPLETE, derive, lost, value

NORMAL, ABNORMAL, UNTESTED = (lost(karyotype=result) for result in ("normal", "abnormal", "not_examined"))
CHROMOSOMES, THYROID = "workup.chromosomal_cause", "workup.thyroid_cause"


def found(code, result, **more):
    return {"investigations": [{"code": code, "result": result, **more}]}


def parents(result):
    return found("parental_karyotypes", result)


@pytest.mark.parametrize(
    ("losses", "of_parents", "expected"),
    [
        ((NORMAL, ABNORMAL), {}, False),
        ((NORMAL,), parents("normal"), False),
        ((NORMAL,), parents("abnormal"), "conflicting"),
        ((ABNORMAL, ABNORMAL, ABNORMAL, UNTESTED), {}, True),  # patient F
        ((ABNORMAL, UNTESTED), parents("normal"), True),
        ((ABNORMAL,), parents("abnormal"), True),
        ((UNTESTED, UNTESTED), parents("normal"), False),
        ((lost(), lost()), parents("normal"), False),
        ((UNTESTED,), parents("abnormal"), True),
        ((UNTESTED,), {}, "not_sent"),
        ((UNTESTED,), parents("not_examined"), "not_recorded"),
    ],
)
def test_chromosomes_of_a_complete_list(losses, of_parents, expected):
    assert value(CHROMOSOMES, *losses, **of_parents, **COMPLETE) == expected


def test_chromosomes_of_an_open_list():
    assert value(CHROMOSOMES, lost(), **parents("normal")) == "not_recorded"
    assert value(CHROMOSOMES, lost(), **parents("abnormal")) is True
    assert value(CHROMOSOMES, NORMAL) is False
    assert value(CHROMOSOMES, ABNORMAL) == "not_recorded"
    assert value(CHROMOSOMES) == "not_sent"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (found("thyroid_function", "normal"), False),
        (found("thyroid_function", "abnormal"), True),
        (found("thyroid_function", "not_examined"), "not_recorded"),
        ({"conditions": [{"code": "hypothyroidism", "status": "present"}]}, True),
        ({"conditions": [{"code": "hypothyroidism", "status": "absent"}]}, "not_sent"),
        ({}, "not_sent"),
    ],
)
def test_thyroid(sent, expected):
    assert value(THYROID, **sent) == expected


def test_a_diagnosis_beside_a_normal_result_conflicts():
    diagnosis = {"conditions": [{"code": "hypothyroidism", "status": "present"}]}
    both = derive(THYROID, **found("thyroid_function", "normal"), **diagnosis)
    assert both == Unknown(Reason.CONFLICTING, ("/investigations/0", "/conditions/0"))
    twice = [{"code": "hypothyroidism", "status": status} for status in ("present", "absent")]
    assert value(THYROID, **found("thyroid_function", "normal"), conditions=twice) == "conflicting"


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-11-25", False), ("2025-11-24", "not_sent"), ("2025-11", False), ("2025-10", "not_sent"), ("2025", False)],
)
def test_results_older_than_twelve_months_are_not_read(on, expected):
    result = value(THYROID, **found("thyroid_function", "normal", on=on))
    assert result == ("not_recorded" if expected == "not_sent" else expected)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ({"value": 2.1, "upper_limit_of_normal": 4.2}, False),
        ({"value": 4.2, "upper_limit_of_normal": 4.2}, False),
        ({"value": 4.3, "upper_limit_of_normal": 4.2}, True),
        ({"value": 4.2, "comparator": ">", "upper_limit_of_normal": 4.2}, True),
        ({"value": 3, "comparator": ">", "upper_limit_of_normal": 4.2}, "not_sent"),
        ({"value": 4.2, "comparator": "<", "upper_limit_of_normal": 4.2}, False),
        ({"value": 5, "comparator": "<", "upper_limit_of_normal": 4.2}, "not_sent"),
        ({"value": 2.1}, "not_sent"),
        ({"result": "normal"}, False),
        ({"result": "abnormal"}, True),
        ({"result": "not_done"}, "not_sent"),
    ],
)
def test_tsh_is_read_with_its_own_limit_or_reading(sample, expected):
    assert value(THYROID, laboratory=[{"test": "tsh", "unit": "m[IU]/L", **sample}]) == expected


def test_the_newest_tsh_counts():
    raised = {"test": "tsh", "result": "abnormal", "on": "2026-03-01"}
    controlled = {"test": "tsh", "result": "normal", "on": "2026-09-01"}
    assert derive(THYROID, laboratory=[controlled, raised]) == Known(False, ("/laboratory/0",))


def test_an_investigation_is_normal_abnormal_or_unknown():
    fact_id = "investigation.uterine_anatomy"
    assert derive(fact_id, **found("uterine_anatomy", "normal")) == Known("normal", ("/investigations/0",))
    assert value(fact_id, **found("uterine_anatomy", "abnormal")) == "abnormal"
    assert derive(fact_id, **found("uterine_anatomy", "not_examined")) == Unknown(
        Reason.NOT_RECORDED, ("/investigations/0",)
    )
    assert value(fact_id, **found("thyroid_function", "normal")) == "not_recorded"
    assert value(fact_id) == "not_sent"
    twice = [{"code": "uterine_anatomy", "result": result} for result in ("normal", "abnormal", "not_examined")]
    assert derive(fact_id, investigations=twice) == Unknown(
        Reason.CONFLICTING, ("/investigations/0", "/investigations/1")
    )
