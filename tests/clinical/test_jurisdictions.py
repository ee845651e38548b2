import pytest

from app.clinical.jurisdictions import column_of, has_own_column, reach, reaches
from app.clinical.knowledge import Jurisdiction

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
    assert reach("IN", KNOWN) == ("IN", "IN")
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
