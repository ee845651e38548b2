"""CLINICAL_DECISIONS 9 over a generated population: what no answer may ever say."""

import json
import random
from datetime import date

import pytest

from app.clinical.stances import Status
from app.services.assess import assess
from app.services.intake import read_history

TODAY = date(2026, 11, 25)
PLACES = (None, "US", "GB-ENG", "GB-SCT", "EU", "DE", "FR", "NO", "DK", "AU", "CA-ON", "CA", "KR", "JP", "BR", "IN")
OUTCOMES = ("biochemical", "miscarriage", "fetal_death", "ectopic", "live_birth", "loss_unspecified")
ASSAYS = ("lupus_anticoagulant", "anticardiolipin_igg", "anti_beta2_glycoprotein_i_igg")
SECTIONS = ("pregnancies", "embryo_transfers", "conditions", "investigations", "previous_ivig", "thrombotic_events")
GIVING = {Status.RECOMMENDED, Status.MAY_BE_CONSIDERED}


def maybe(chance: random.Random, value):
    return value if chance.random() < 0.6 else None


def pregnancy(chance: random.Random) -> dict:
    return {
        "outcome": chance.choice(OUTCOMES),
        "gestational_age": maybe(chance, {"weeks": chance.randint(4, 36)}),
        "karyotype": maybe(chance, chance.choice(("normal", "abnormal"))),
        "treatments": maybe(chance, [chance.choice(("none", "aspirin"))]),
    }


def transfer(chance: random.Random) -> dict:
    return {
        "stage": "blastocyst",
        "quality": maybe(chance, "good"),
        "ploidy": maybe(chance, chance.choice(("euploid", "untested"))),
        "outcome": chance.choice(("not_pregnant", "biochemical", "live_birth")),
    }


def apl_test(chance: random.Random) -> dict:
    return {
        "assay": chance.choice(ASSAYS),
        "on": chance.choice(("2025-01-10", "2025-06-10", "2026")),
        "result": chance.choice(("positive", "negative")),
    }


def history(seed: int) -> dict:
    chance = random.Random(seed)
    drawn = {
        "jurisdiction": chance.choice(PLACES),
        "complete_sections": chance.sample(SECTIONS, chance.randint(0, len(SECTIONS))),
        "patient": {"age_years": chance.randint(20, 46)},
        "pregnancies": maybe(chance, [pregnancy(chance) for _ in range(chance.randint(0, 6))]),
        "embryo_transfers": maybe(chance, [transfer(chance) for _ in range(chance.randint(0, 5))]),
        "antiphospholipid_tests": maybe(chance, [apl_test(chance) for _ in range(chance.randint(0, 4))]),
        "current_pregnancy": maybe(chance, {"gestational_age": {"weeks": chance.randint(4, 38)}}),
        "investigations": maybe(
            chance,
            [
                {"code": code, "result": chance.choice(("normal", "normal", "abnormal"))}
                for code in ("uterine_anatomy", "thyroid_function", "parental_karyotypes")
            ],
        ),
        "vitals": maybe(chance, [{"systolic": chance.randint(100, 190), "diastolic": chance.randint(60, 120)}]),
        "previous_ivig": maybe(chance, [{"reaction": chance.choice(("none", "none", "mild", "anaphylaxis"))}]),
    }
    return {name: value for name, value in drawn.items() if value is not None}


@pytest.fixture(scope="module")
def population(rules):
    drawn = [history(seed) for seed in range(400)]
    read = [read_history(json.dumps(item).encode(), TODAY) for item in drawn]
    return [(item, assess(rules, item, TODAY, "none")) for item in read]


def entries(population, indication):
    return [
        (given, answer, entry)
        for given, answer in population
        for entry in answer.candidacy
        if entry.indication == indication
    ]


def test_ivig_is_never_for_preeclampsia(population):
    assert not [
        entry for _, _, entry in entries(population, "preeclampsia") if entry.status in GIVING or entry.protocol
    ]


@pytest.mark.parametrize("indication", ["recurrent_pregnancy_loss", "recurrent_implantation_failure"])
def test_no_answer_goes_beyond_may_be_considered(population, indication):
    assert not [entry for _, _, entry in entries(population, indication) if entry.status is Status.RECOMMENDED]


def test_the_four_loss_sentence_is_never_applied_to_fewer(population):
    elsewhere = [
        item for item in entries(population, "recurrent_pregnancy_loss") if item[0].jurisdiction not in {"KR", "CA-ON"}
    ]
    for given, _, entry in elsewhere:
        losses = [item for item in given.pregnancies or () if item.outcome not in {"ectopic", "live_birth"}]
        if entry.status in {Status.MAY_BE_CONSIDERED, Status.CONFLICTING}:
            assert len(losses) >= 4


def test_a_contraindication_dominates_and_hides_every_protocol(population):
    for given, answer in population:
        reactions = {item.reaction for item in given.previous_ivig or ()}
        if "anaphylaxis" in reactions:
            assert {entry.status for entry in answer.candidacy} == {Status.CONTRAINDICATED}
            assert not any(entry.protocol for entry in answer.candidacy)


def test_protocols_are_shown_only_where_ivig_may_be_given(population):
    for _, answer in population:
        for entry in answer.candidacy:
            assert not entry.protocol or entry.status in GIVING


def test_what_is_undetermined_names_what_is_missing(population):
    for _, answer in population:
        for entry in answer.candidacy:
            if entry.status is Status.UNDETERMINED and len(entry.possible) > 1:
                decides = {item.id for item in answer.missing if item.decides}
                assert decides & set(entry.missing), (entry.indication, entry.missing)


def test_unknown_contraindications_are_asked_for(population):
    for _, answer in population:
        if any(item.present == "unknown" for item in answer.contraindications):
            assert any("safety" in item.matters_for for item in answer.missing)


def test_no_answer_calls_anyone_eligible_or_ivig_proven(population):
    for _, answer in population:
        words = repr(answer).lower()
        for banned in ("she is eligible", "patient is eligible", "proven to", "free of risk", "no risk of"):
            assert banned not in words
