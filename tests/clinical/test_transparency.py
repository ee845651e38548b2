"""The transparency document, CLINICAL_DECISIONS 7.5: 13 attributes, limits, and what the rule set is made of."""

import re

from app.clinical.candidacy_rules import Candidacy
from app.clinical.catalogue import specifications
from app.clinical.transparency import transparency
from app.logic.conditions import walk

# Order and names at 170.315(b)(11)(iv)(A), statements hti1-eb-01 to hti1-eb-13.
ATTRIBUTES = [
    ("citation", None),
    ("developer", None),
    ("funding", None),
    ("dates", None),
    ("race", False),
    ("ethnicity", False),
    ("language", False),
    ("sexual-orientation", False),
    ("gender-identity", False),
    ("sex", True),
    ("dob", True),
    ("sdoh", True),
    ("health-status", True),
]


def test_the_thirteen_attributes_stand_in_their_order(rules):
    found = transparency(rules).source_attributes
    assert [item.number for item in found] == list(range(1, 14))
    assert [item.used for item in found] == [used for _, used in ATTRIBUTES]
    for item, (name, _) in zip(found, ATTRIBUTES, strict=True):
        assert f"hti1-eb-{item.number:02}-{name}" in item.evidence


def test_a_fact_named_as_used_is_read_by_a_rule(rules):
    read = {getattr(node, "fact", None) for condition in rules.conditions.values() for node in walk(condition)}
    for item in transparency(rules).source_attributes:
        assert set(item.facts) <= read, item.id


def test_what_is_called_not_used_is_no_fact(rules):
    words = {word for name in specifications() for word in re.split(r"[._]", name)}
    assert not words & {"race", "ethnicity", "ethnic", "language", "orientation", "gender", "ancestry", "black"}


def test_dates_version_and_digest_are_those_of_the_rule_set(rules):
    release = transparency(rules).rule_set
    assert (release.version, release.digest, release.review_by) == (rules.version, rules.digest, rules.review_by)
    assert release.effective_from == min(rule.effective for rule in rules.knowledge.rules)
    assert release.last_reviewed_on == max(rule.reviewed_on for rule in rules.knowledge.rules)
    assert release.effective_from <= release.last_reviewed_on < release.review_by


def test_statements_are_counted_by_confidence(rules):
    counts = transparency(rules).statements
    assert counts.verified + counts.likely == len(rules.knowledge.statements)
    house = sum(item.id.startswith("house-") for item in rules.knowledge.statements)
    assert house <= counts.working_rules <= counts.likely


def test_every_publication_is_listed_and_no_working_rule_is_one(rules):
    found = transparency(rules).sources
    assert {item.id for item in found} == {item.id for item in rules.knowledge.sources if item.kind != "derived"}
    assert all(item.statements > 0 for item in found)
    assert "dossier-inference" not in {item.id for item in found}


def test_funding_of_a_source_is_given_where_it_is_stated(rules):
    stated = {item.id: item.funding for item in transparency(rules).sources if item.funding}
    assert stated["yamada-2022"] == "Japan Blood Products Organization, which supplied the product"


def test_every_assessed_indication_is_listed_with_its_places(rules):
    found = {item.indication: item for item in transparency(rules).indications}
    assert set(found) == {indication for table in rules.of(Candidacy) for indication in table.applies_to}
    assert "GB" in found["recurrent_pregnancy_loss"].jurisdictions_with_own_column
    assert not {"*", "none"} & {code for item in found.values() for code in item.jurisdictions_with_own_column}


def test_issuers_are_counted(rules):
    counts = {item.issuer: item.rules for item in transparency(rules).issuers}
    assert counts["ESHRE"] == sum(getattr(rule, "issuer", None) == "ESHRE" for rule in rules.knowledge.rules)
    assert list(counts) == sorted(counts)


def test_no_emergencies_and_no_advice_to_patients(rules):
    found = transparency(rules)
    assert found.emergencies[0].text.startswith("Not for emergencies.")
    assert "Not patients" in found.intended_users[0].text
    assert len(found.known_limits) >= 5


def test_the_frame_is_labelled_as_information(rules):
    frame = transparency(rules).regulation
    assert frame[0].title == "Information for developers"
    assert "no clinical output" in frame[0].text
    assert {item.region for item in frame} == {None, "US", "EU", "GB-ENG"}
    cited = {statement for item in frame for statement in item.evidence}
    assert {f"fda-cds-criterion-{number}" for number in range(1, 5)} <= cited


def test_every_sentence_resolves(rules):
    found = transparency(rules)
    told = (
        *found.source_attributes,
        *found.intended_use,
        *found.intended_users,
        *found.intended_patients,
        *found.out_of_scope,
        *found.emergencies,
        *found.known_limits,
        *found.regulation,
    )
    assert len(told) == len(rules.knowledge.transparency)
    assert {statement for item in told for statement in item.evidence} <= rules.statements.keys()


def test_nothing_uncertain_is_cited(rules):
    assert (
        not {"hti5-final", "nhse-fnait", "au-rif", "ca-other", "us-uhc", "us-aaaai", "jp-status"}
        & rules.statements.keys()
    )
