"""CLINICAL_DECISIONS 7.3, R24: every place gets exactly one off-label sentence, that of the labels that hold there."""

from itertools import product
from string import ascii_uppercase

import pytest

from app.clinical.jurisdictions import NONE_CHOSEN, reach, reaches
from app.clinical.rules import Note
from tests.places import EU_MEMBERS

SUBDIVISIONS = ("US-NY", "US-CA", "GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR", "GB-LND", "CA-ON", "CA-BC", "CA-QC", "DE-BY")
COUNTRIES = ["".join(letters) for letters in product(ascii_uppercase, repeat=2)]
EXPECTED = {
    "off-label-no-place": [None],
    "off-label-us": ["US", "US-NY", "US-CA"],
    # CLINICAL_DECISIONS 7.1 reads Switzerland and Norway by the EU core text.
    "off-label-eu": ["EU", *EU_MEMBERS, "CH", "NO", "DE-BY", "NL-NH", "ES-CT", "CH-ZH", "NO-03"],
    "off-label-uk": ["GB", "GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR", "GB-LND"],
    "off-label-elsewhere": ["CA", "CA-ON", "CA-BC", "AU", "AU-NSW", "JP", "BR", "KR", "IN", "IS", "LI", "TR", "MX"],
}


def said(rules, code: str | None) -> list[str]:
    chain = reach(code, rules.jurisdictions) if code else (NONE_CHOSEN,)
    return [
        rule.id
        for rule in rules.of(Note)
        if rule.id.startswith("off-label-") and rule.when is None and reaches(rule.jurisdictions, chain)
    ]


@pytest.mark.parametrize(
    ("sentence", "code"), [(sentence, code) for sentence, codes in EXPECTED.items() for code in codes]
)
def test_the_sentence_of_a_place(rules, sentence, code):
    assert said(rules, code) == [sentence]


def test_any_code_gets_exactly_one(rules):
    codes = [None, "EU", *COUNTRIES, *SUBDIVISIONS]
    assert [code for code in codes if len(said(rules, code)) != 1] == []


def test_none_says_that_it_is_licensed(rules):
    for rule in rules.of(Note):
        if rule.id.startswith("off-label-"):
            assert "off-label" in rule.text


def test_no_place_chosen_covers_both_sets_of_labels_consulted(rules):
    (sentence,) = [rule for rule in rules.of(Note) if rule.id == "off-label-no-place"]
    assert {"us-fda-offlabel", "eu-core"} <= set(sentence.cite)
    assert "US labels" in sentence.text
    assert "EU core text" in sentence.text
