import json
from datetime import date

import pytest

from app.errors import InputError
from app.services.intake import read_history

TODAY = date(2026, 11, 25)


def problems(**history):
    try:
        read_history(json.dumps(history).encode(), TODAY)
    except InputError as error:
        return {(item.pointer, item.code) for item in error.problems}
    return set()


def of_past(complications=None, weeks=None, **findings):
    written = {"outcome": "live_birth", "fetal_findings": findings}
    if complications is not None:
        written["complications"] = complications
    if weeks is not None:
        written["gestational_age"] = {"weeks": weeks}
    return problems(pregnancies=[written])


PLACE = "/pregnancies/0/fetal_findings"


@pytest.mark.parametrize(
    ("field", "complications", "sent"),
    [
        ("fnait_confirmed", [], True),
        ("gald_proven_by", ["fnait"], "mri"),
        ("intracranial_haemorrhage", ["fetal_intracranial_haemorrhage"], "none"),
    ],
)
def test_details_that_contradict_the_complications(field, complications, sent):
    assert of_past(complications, **{field: sent}) == {(f"{PLACE}/{field}", "inconsistent")}
    assert of_past(None, **{field: sent}) == set()


def test_details_that_fit_the_complications_are_taken():
    assert of_past(["fnait"], fnait_confirmed=True, intracranial_haemorrhage="none") == set()
    assert of_past(["gald_suspected"], gald_proven_by="biopsy") == set()
    assert of_past([], gald_proven_by="none") == set()


@pytest.mark.parametrize("field", ["hydrops_at", "intrauterine_transfusion_at"])
def test_nothing_happens_to_a_fetus_after_the_birth(field):
    assert of_past(["hdfn"], 24, **{field: {"weeks": 25}}) == {(f"{PLACE}/{field}", "inconsistent")}
    assert of_past(["hdfn"], 24, **{field: {"weeks": 24}}) == set()


def test_liver_disease_is_diagnosed_or_suspected():
    both = [{"outcome": "neonatal_death", "complications": ["gald", "gald_suspected"]}]
    assert problems(pregnancies=both) == {("/pregnancies/0/complications", "inconsistent")}


@pytest.mark.parametrize(("name", "sent"), [("fetal_antigen", "positive"), ("mca_psv_mom", 1.1)])
def test_a_finding_of_the_fetus_goes_with_a_pregnancy(name, sent):
    section = {"red_cell": {name: sent}}
    wrong = {(f"/fetal_alloimmunity/red_cell/{name}", "inconsistent")}
    for status in ("not_pregnant", "trying", "in_treatment_cycle"):
        assert problems(pregnancy_status=status, fetal_alloimmunity=section) == wrong
    assert problems(pregnancy_status="pregnant", fetal_alloimmunity=section) == set()
    assert problems(pregnancy_status="postpartum", fetal_alloimmunity=section) == set()
    assert problems(fetal_alloimmunity=section) == set()


@pytest.mark.parametrize(
    ("history", "place"),
    [
        (
            {"fetal_alloimmunity": {"platelet": {"antibody": "absent", "specificity": ["hpa_1a"]}}},
            "/fetal_alloimmunity/platelet",
        ),
        ({"fetal_alloimmunity": {"red_cell": {"antibody": "absent", "titre": 16}}}, "/fetal_alloimmunity/red_cell"),
        ({"corticosteroid_trial": {"given": False, "days": 5}}, "/corticosteroid_trial"),
        ({"corticosteroid_trial": {"given": False, "harmed": True}}, "/corticosteroid_trial"),
        (
            {
                "pregnancies": [
                    {"outcome": "live_birth", "fetal_findings": {"hydrops": False, "hydrops_at": {"weeks": 20}}}
                ]
            },
            PLACE,
        ),
    ],
)
def test_fields_of_one_section_that_contradict_each_other(history, place):
    assert problems(**history) == {(place, "invalid")}


@pytest.mark.parametrize(
    ("section", "name", "taken", "refused"),
    [
        ("red_cell", "titre", (1, 1_000_000), (0, 1_000_001)),
        ("red_cell", "mca_psv_mom", (0.1, 5), (0, 5.1)),
    ],
)
def test_bounds(section, name, taken, refused):
    for number in taken:
        assert problems(fetal_alloimmunity={section: {name: number}}) == set()
    for number in refused:
        assert problems(fetal_alloimmunity={section: {name: number}}) == {
            (f"/fetal_alloimmunity/{section}/{name}", "out_of_range")
        }
