import pytest

from app.clinical.jurisdictions import column_of, has_own_column, places, reach, reaches
from app.clinical.references import Jurisdiction
from tests.places import EU_MEMBERS, NOT_LISTED

KNOWN = {
    "GB": Jurisdiction(code="GB", name="United Kingdom", reach=("GB", "EU")),
    "GB-ENG": Jurisdiction(code="GB-ENG", name="England", reach=("GB-ENG", "GB", "EU")),
}
COLUMNS = {"none": ["none", "CA"], "eu": ["EU", "*"], "uk": ["GB"], "ontario": ["CA-ON"]}


@pytest.mark.parametrize(
    ("code", "column"),
    [
        (None, "none"),
        ("GB-ENG", "uk"),
        ("GB", "uk"),
        ("CA-ON", "ontario"),
        ("CA-BC", "none"),
        ("CA", "none"),
        ("EU", "eu"),
        ("IN", "eu"),
    ],
)
def test_each_place_lands_in_one_column(code, column):
    assert column_of(COLUMNS, code) == column


def test_ontario_is_never_carried_to_another_province():
    assert column_of(COLUMNS, "CA-QC") != "ontario"


def test_an_unlisted_part_has_its_countrys_reach():
    assert reach("GB-WLS", KNOWN) == ("GB-WLS", "GB", "EU")
    assert reach("IN", KNOWN) == ("IN",)
    assert reach("IN-KA", KNOWN) == ("IN-KA", "IN")
    assert reach("GB-ENG", KNOWN) == ("GB-ENG", "GB", "EU")


@pytest.mark.parametrize(
    ("jurisdictions", "chain", "expected"),
    [
        (["*"], ["US"], True),
        (["*", "!US"], ["US"], False),
        (["*", "!US"], ["US-CA", "US"], False),
        (["*", "!US"], ["CA-ON", "CA", "US"], True),
        (["*", "!US"], ["DE", "EU"], True),
        (["*", "!US"], ["*"], True),
        (["US"], ["*"], False),
        (["EU"], ["DE", "EU"], True),
        (["GB-SCT"], ["GB-ENG", "GB"], False),
    ],
)
def test_reach(jurisdictions, chain, expected):
    assert reaches(jurisdictions, chain) is expected


def test_own_column():
    assert has_own_column(COLUMNS, "GB-ENG")
    assert not has_own_column(COLUMNS, "IN")


@pytest.mark.parametrize("code", EU_MEMBERS)
def test_the_european_union_reaches_each_member_and_its_parts(rules, code):
    assert reach(code, rules.jurisdictions) == (code, "EU")
    assert reach(f"{code}-X1", rules.jurisdictions) == (f"{code}-X1", code, "EU")
    assert places(code, rules.jurisdictions) == (code, "EU", "*")
    assert places(f"{code}-X1", rules.jurisdictions) == (f"{code}-X1", code, "EU", "*")


@pytest.mark.parametrize("code", NOT_LISTED)
def test_a_country_that_is_not_listed_is_reached_by_itself_alone(rules, code):
    assert reach(code, rules.jurisdictions) == (code,)
    assert places(code, rules.jurisdictions) == (code, "*")


def test_there_are_27_members(rules):
    assert len(EU_MEMBERS) == 27
    assert {code for code, place in rules.jurisdictions.items() if place.member_of} == set(EU_MEMBERS)


@pytest.mark.parametrize(("code", "chain"), [("US-NY", ("US-NY", "US")), ("CA-BC", ("CA-BC", "CA"))])
def test_a_part_inherits_the_reach_of_its_country(rules, code, chain):
    assert reach(code, rules.jurisdictions) == chain


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (None, ("none",)),
        ("EU", ("EU", "*")),
        ("GB-ENG", ("GB-ENG", "GB", "*")),
        ("CA-ON", ("CA-ON", "CA", "*")),
        ("AU", ("AU", "*")),
        ("CH", ("CH", "*")),
    ],
)
def test_where_a_place_lies_is_not_who_reaches_it(rules, code, expected):
    assert places(code, rules.jurisdictions) == expected


@pytest.mark.parametrize(
    ("jurisdictions", "chain", "expected"),
    [
        (["US"], ("none",), False),
        (["US", "none"], ("none",), True),
        (["US", "!none"], ("US",), True),
        (["none"], ("none",), True),
        (["none"], ("US",), False),
        (["*"], ("none",), True),
        (["*", "!none"], ("none",), False),
    ],
)
def test_where_no_place_is_chosen_only_rules_for_all_places_and_for_none_speak(jurisdictions, chain, expected):
    assert reaches(jurisdictions, chain) is expected
