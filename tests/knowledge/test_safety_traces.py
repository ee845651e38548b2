"""Every rule of the safety digest (safety-rules.yaml, R01-R24) is carried by a rule of the service that says so."""

import pytest
from pydantic import ValidationError

from app.clinical.content import Conditional, RuleBase
from app.clinical.rules import Risk

DIGEST = tuple(f"R{number:02}" for number in range(1, 25))


def parts(rule: RuleBase) -> list[Conditional]:
    return [*rule.factors, *rule.mitigation, *rule.monitoring] if isinstance(rule, Risk) else []


@pytest.fixture(scope="module")
def carried(rules) -> dict[str, set[str]]:
    """Who carries each rule of the digest."""
    found: dict[str, set[str]] = {name: set() for name in DIGEST}
    for rule in rules.knowledge.rules:
        for name in rule.traces:
            found[name].add(rule.id)
        for part in parts(rule):
            for name in part.traces:
                found[name].add(f"{rule.id}/{part.id}")
    return found


@pytest.mark.parametrize("name", DIGEST)
def test_each_rule_of_the_digest_is_carried(carried, name):
    assert carried[name]


@pytest.mark.parametrize(
    ("name", "carrier"),
    [
        ("R01", "contraindication-immunoglobulin-reaction"),
        ("R02", "contraindication-iga-antibodies"),
        ("R02", "contraindication-iga-antibodies-us"),
        ("R03", "baseline-iga"),
        ("R04", "product-hyperprolinaemia"),
        ("R05", "product-fructose-intolerance"),
        ("R06", "product-corn-allergy"),
        ("R07", "interference-glucose-meter"),
        ("R07", "product-maltose-glucose-meter"),
        ("R08", "thrombosis-risk/ovarian-stimulation"),
        ("R09", "renal-failure-risk"),
        ("R10", "baseline-renal"),
        ("R11", "renal-failure-risk/stop-on-deterioration"),
        ("R12", "monitor-haemolysis"),
        ("R13", "aseptic-meningitis-risk/warn"),
        ("R14", "interaction-loop-diuretic"),
        ("R15", "passive-antibody-risk/vaccine-interval"),
        ("R16", "baseline-serum-sample"),
        ("R17", "weight-pregnant"),
        ("R18", "refuse-rate-unknown"),
        ("R19", "monitor-observation-one-hour"),
        ("R20", "monitor-vital-signs"),
        ("R21", "monitor-reaction-grades"),
        ("R22", "monitor-sodium"),
        ("R23", "hdfn-note-newborn"),
        ("R24", "off-label-us"),
    ],
)
def test_who_carries_it(carried, name, carrier):
    assert carrier in carried[name]


def test_the_published_rule_says_so(rules):
    assert rules.texts["monitor-sodium"]["traces"] == ["R22"]
    [part] = [item for item in rules.texts["renal-failure-risk"]["factors"] if item["id"] == "loop-diuretic"]
    assert part["traces"] == ["R14"]


@pytest.mark.parametrize("name", ["R00", "R25", "R1", "r01", "R011"])
def test_what_is_not_in_the_digest_cannot_be_traced(name):
    with pytest.raises(ValidationError):
        Conditional.model_validate({"id": "one", "text": "A sentence.", "cite": ["one"], "traces": [name]})


EVIDENCE = {
    "R01": {"ci-anaphylaxis"},
    "R02": {"ci-iga-us", "ci-iga-eu"},
    "R03": {"iga-alone-not-ci", "iga-severe-definition", "p-iga-spread"},
    "R04": {"ci-hyperprolinaemia"},
    "R05": {"ci-hfi-flebogamma", "ci-hfi-gammaplex5"},
    "R06": {"ci-corn-octagam"},
    "R07": {"w-glucose-meter"},
    "R08": {
        "box-thrombosis-factors",
        "box-thrombosis-no-factor",
        "adm-at-risk-cap",
        "x-estrogen-art",
        "ivig-aps-caution",
        "box-mitigation",
        "thrombosis-symptoms",
    },
    "R09": {"box-renal-factors", "renal-predisposition-weight", "mon-renal-label"},
    "R10": {"mon-renal-label", "mon-gfr-pregnancy"},
    "R11": {"mon-renal-discontinue", "mon-kdigo-threshold", "kdigo-aki-definition"},
    "R12": {
        "w-haemolysis-label",
        "i-haemolysis-prospective",
        "w-haemolysis-multiparity",
        "mon-haemolysis-window",
        "w-haemolysis-pregnancy",
    },
    "R13": {"w-ams-label", "i-ams-meta", "i-ams-sekul"},
    "R14": {"dd-loop"},
    "R15": {"vax-8m", "vax-10m", "vax-11m", "vax-reverse"},
    "R16": {"w-serology-hbc", "w-serology-rbc", "mon-serology-sample"},
    "R17": {"d-ddw-exclusions", "ivig-pk-pregnancy"},
    "R18": {"adm-at-risk-cap", "adm-octagam10-steps"},
    "R19": {"adm-switch", "adm-naive", "adm-observe-eu"},
    "R20": {"adm-observe-eu", "adm-vitals", "adm-epinephrine", "adm-batch"},
    "R21": {"grade-irr", "grade-irr-action", "adm-reaction"},
    "R22": {"w-hyperproteinaemia"},
    "R23": {"w-nec-figueras", "w-nec-meta", "w-nec-negative"},
    "R24": {"us-fda-offlabel", "eu-core"},
}


@pytest.mark.parametrize("name", EVIDENCE)
def test_the_carriers_cite_the_statements_of_the_digest(rules, carried, name):
    owners = {item.split("/")[0] for item in carried[name]}
    said = {
        cite
        for rule in rules.knowledge.rules
        if rule.id in owners
        for item in (rule, *parts(rule))
        for cite in item.cite
    }
    assert EVIDENCE[name] - said == set()
