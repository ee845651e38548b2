"""Karyotypes and treatments of lost pregnancies: what is not said is not known."""

import pytest

from tests.clinical.obstetric_cases import COMPLETE, LIVE_BIRTH, lost, value

NORMAL, ABNORMAL, UNTESTED = (lost(karyotype=result) for result in ("normal", "abnormal", "not_examined"))
SILENT = lost()


@pytest.mark.parametrize(
    ("losses", "normal_known", "all_abnormal"),
    [
        ((ABNORMAL, ABNORMAL, ABNORMAL, UNTESTED), False, True),  # patient F
        ((UNTESTED, UNTESTED), False, False),
        ((ABNORMAL, NORMAL), True, False),
        ((NORMAL, SILENT), True, False),
        ((SILENT, SILENT), False, False),  # a complete list without a karyotype: none was done
        ((ABNORMAL, SILENT), False, True),
        ((LIVE_BIRTH,), False, False),
    ],
)
def test_karyotypes_of_a_complete_list(losses, normal_known, all_abnormal):
    assert value("losses.normal_karyotype_known", *losses, **COMPLETE) is normal_known
    assert value("losses.all_tested_abnormal", *losses, **COMPLETE) is all_abnormal


@pytest.mark.parametrize("losses", [(ABNORMAL, SILENT), (ABNORMAL,), (SILENT,), (UNTESTED,)])
def test_an_open_list_may_lack_the_normal_one(losses):
    assert value("losses.normal_karyotype_known", *losses) == "not_recorded"
    assert value("losses.all_tested_abnormal", *losses) == "not_recorded"


def test_a_normal_karyotype_settles_both_even_in_an_open_list():
    assert value("losses.normal_karyotype_known", SILENT, NORMAL) is True
    assert value("losses.all_tested_abnormal", SILENT, NORMAL) is False


def test_the_summary_can_close_the_list():
    assert value("losses.all_tested_abnormal", ABNORMAL, UNTESTED, loss_summary={"losses": 2}) is True
    assert value("losses.all_tested_abnormal", ABNORMAL, SILENT, loss_summary={"losses": 2}) == "not_recorded"
    assert value("losses.all_tested_abnormal", ABNORMAL, loss_summary={"losses": 2}) == "not_recorded"


def summary(result):
    return {"investigations": [{"code": "loss_karyotypes", "result": result}]}


@pytest.mark.parametrize(
    ("result", "normal_known", "all_abnormal"),
    [("normal", True, False), ("abnormal", False, True), ("not_examined", False, False)],
)
def test_a_summary_of_karyotypes_decides_where_the_list_does_not(result, normal_known, all_abnormal):
    for sent in ((), (SILENT, SILENT)):
        assert value("losses.normal_karyotype_known", *sent, **summary(result)) is normal_known
        assert value("losses.all_tested_abnormal", *sent, **summary(result)) is all_abnormal
    # Silence in a complete list gives way to it.
    assert value("losses.normal_karyotype_known", SILENT, **summary(result), **COMPLETE) is normal_known


def test_a_summary_of_karyotypes_that_the_list_denies_is_conflicting():
    assert value("losses.normal_karyotype_known", NORMAL, **summary("not_examined")) == "conflicting"
    assert value("losses.all_tested_abnormal", ABNORMAL, **summary("normal"), **COMPLETE) == "conflicting"
    both = {"investigations": [summary("normal")["investigations"][0], summary("abnormal")["investigations"][0]]}
    assert value("losses.normal_karyotype_known", **both) == "conflicting"
    assert value("losses.normal_karyotype_known", NORMAL, **summary("normal")) is True


def test_nothing_sent_says_nothing_of_karyotypes():
    assert value("losses.normal_karyotype_known") == "not_sent"
    assert value("losses.all_tested_abnormal", loss_summary={"losses": 4}) == "not_sent"
    assert value("losses.count_abnormal_karyotype") == "not_sent"


def test_the_number_of_abnormal_karyotypes():
    assert value("losses.count_abnormal_karyotype", ABNORMAL, ABNORMAL, NORMAL, SILENT, **COMPLETE) == 2
    assert value("losses.count_abnormal_karyotype", ABNORMAL, SILENT, loss_summary={"losses": 3}) == (1, 3)
    assert value("losses.count_abnormal_karyotype", ABNORMAL) == (1, None)


@pytest.mark.parametrize(
    ("treatment", "fact_id"),
    [
        ("heparin_prophylactic", "losses.treated_with_heparin"),
        ("heparin_therapeutic", "losses.treated_with_heparin"),
        ("corticosteroid", "losses.treated_with_corticosteroid"),
        ("hydroxychloroquine", "losses.treated_with_hydroxychloroquine"),
    ],
)
def test_a_loss_under_treatment(treatment, fact_id):
    assert value(fact_id, SILENT, lost(treatments=["aspirin", treatment])) is True
    assert value(fact_id, lost(treatments=["none"]), lost(treatments=["progesterone"]), **COMPLETE) is False
    # Silence about treatment is no "untreated", not even in a complete list.
    assert value(fact_id, lost(treatments=["none"]), SILENT, **COMPLETE) == "not_recorded"
    assert value(fact_id, lost(treatments=["none"])) == "not_recorded"
    assert value(fact_id, lost("loss_unspecified", treatments=[treatment]), **COMPLETE) == "not_recorded"
    assert value(fact_id, {**LIVE_BIRTH, "treatments": [treatment]}, **COMPLETE) is False
    assert value(fact_id) == "not_sent"
