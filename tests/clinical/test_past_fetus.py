import pytest

from tests.clinical.fetal_cases import fact, past, pregnancy, value

NEVER_A_FETUS = [pregnancy(outcome=outcome) for outcome in ("biochemical", "non_visualised", "ectopic", "molar")]
PLAIN = pregnancy([])
FACTS = (
    "fnait.affected_child",
    "fnait.haemorrhage_before",
    "gald.proven_before",
    "gald.unconfirmed_before",
    "hdfn.affected_before",
    "hdfn.early_severe_before",
    "anti_ro.affected_child",
)


@pytest.mark.parametrize("fact_id", FACTS)
def test_nothing_sent_is_unknown(fact_id):
    assert value(fact_id) == "not_sent"


@pytest.mark.parametrize("fact_id", FACTS)
def test_a_list_that_may_be_incomplete_excludes_nothing(fact_id):
    assert past(fact_id, PLAIN) == "not_recorded"


@pytest.mark.parametrize("fact_id", FACTS)
def test_a_complete_list_without_it_excludes_it(fact_id):
    assert past(fact_id, PLAIN, *NEVER_A_FETUS, complete=True) is False


@pytest.mark.parametrize("fact_id", FACTS)
def test_a_complete_list_whose_complications_were_not_sent_excludes_nothing(fact_id):
    assert past(fact_id, pregnancy(), complete=True) == "not_determinable"
    assert past(fact_id, pregnancy(outcome="fetal_death", weeks=20), complete=True) == "not_determinable"


@pytest.mark.parametrize("fact_id", FACTS)
def test_no_pregnancy_at_all_excludes_it(fact_id):
    assert past(fact_id, complete=True) is False


def test_an_affected_child_is_found_in_any_list_and_says_where():
    found = fact("fnait.affected_child", pregnancies=[PLAIN, pregnancy(["fnait"])])
    assert (found.value, found.sources) == (True, ("/pregnancies/1",))


def test_a_child_only_suspected_of_fnait_may_not_have_had_it():
    assert (
        past("fnait.affected_child", pregnancy(["fnait"], fnait_confirmed=False), complete=True) == "not_determinable"
    )


def test_a_confirmation_stands_without_the_list_of_complications():
    assert past("fnait.affected_child", pregnancy(fnait_confirmed=True)) is True


@pytest.mark.parametrize(
    "child", [pregnancy(["fetal_intracranial_haemorrhage"]), pregnancy([], intracranial_haemorrhage="in_utero")]
)
def test_a_haemorrhage_without_a_reason_leaves_fnait_open(child):
    assert past("fnait.affected_child", child, complete=True) == "not_determinable"


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (pregnancy(["fnait", "fetal_intracranial_haemorrhage"]), True),
        (pregnancy(["fnait"], intracranial_haemorrhage="in_utero"), True),
        (pregnancy(["fnait"], intracranial_haemorrhage="after_birth"), True),
        (pregnancy(["fnait"], intracranial_haemorrhage="timing_unknown"), True),
        (pregnancy(["fnait"], intracranial_haemorrhage="none"), False),
        (pregnancy(["fnait"]), "not_determinable"),
        (pregnancy(["preterm_birth"]), False),
    ],
)
def test_only_a_stated_none_rules_out_a_haemorrhage(child, expected):
    assert past("fnait.haemorrhage_before", child, complete=True) == expected


@pytest.mark.parametrize(
    ("child", "proven", "unconfirmed"),
    [
        (pregnancy(["gald"]), True, False),
        (pregnancy(["gald"], gald_proven_by="mri"), True, False),
        (pregnancy(["gald_suspected"], gald_proven_by="autopsy"), True, False),
        (pregnancy(["gald"], gald_proven_by="none"), False, True),
        (pregnancy(["gald_suspected"]), False, True),
        (pregnancy(["gald_suspected"], gald_proven_by="none"), False, True),
        (pregnancy(gald_proven_by="biopsy"), True, "not_determinable"),
    ],
)
def test_liver_disease_is_proven_or_unconfirmed(child, proven, unconfirmed):
    assert past("gald.proven_before", child, complete=True) == proven
    assert past("gald.unconfirmed_before", child, complete=True) == unconfirmed


@pytest.mark.parametrize(
    "findings", [{"hydrops": True}, {"intrauterine_transfusion": True}, {"hydrops_at": {"weeks": 20}}]
)
def test_hydrops_or_transfusion_without_a_reason_leaves_haemolysis_open(findings):
    assert past("hdfn.affected_before", pregnancy([], **findings), complete=True) == "not_determinable"


NO_EVENT = {"hydrops": False, "intrauterine_transfusion": False}


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (pregnancy(["hdfn"], "fetal_death", 23), True),
        (pregnancy(["hdfn"], "fetal_death", 24, **NO_EVENT), "not_determinable"),
        (pregnancy(["hdfn"], "fetal_death", 25, **NO_EVENT), False),
        (pregnancy(["hdfn"], "miscarriage", 18), True),
        (pregnancy(["hdfn"], "loss_unspecified", 18, **NO_EVENT), "not_determinable"),
        (pregnancy([], "fetal_death", 20), False),
        (pregnancy(["hdfn"], hydrops_at={"weeks": 23}), True),
        (pregnancy(["hdfn"], hydrops_at={"weeks": 25}, intrauterine_transfusion=False), False),
        (pregnancy(["hdfn"], intrauterine_transfusion_at={"weeks": 24, "days": 0}, hydrops=False), "not_determinable"),
        (pregnancy(["hdfn"], intrauterine_transfusion_at={"weeks": 23, "days": 6}), True),
        (pregnancy(["hdfn"], intrauterine_transfusion_at={"weeks": 25, "days": 0}, hydrops=False), False),
        (pregnancy(["hdfn"], "live_birth", 36, intrauterine_transfusion=True, hydrops=False), "not_determinable"),
        (pregnancy(["hdfn"], "fetal_death", 22, hydrops=True), True),
        (pregnancy(["hdfn"], **NO_EVENT), False),
        (pregnancy(["hdfn"], hydrops=False), "not_determinable"),
        (pregnancy(["hdfn"]), "not_determinable"),
    ],
)
def test_early_severe_haemolytic_disease(child, expected):
    assert past("hdfn.early_severe_before", child, complete=True) == expected


def test_an_earlier_child_with_heart_block():
    assert past("anti_ro.affected_child", pregnancy(["congenital_heart_block"])) is True
