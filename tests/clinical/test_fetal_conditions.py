import pytest

from tests.clinical.fetal_cases import condition, value

BLOCK, CARDIO = "fetal_heart_block", "fetal_cardiomyopathy"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], False),
        ([condition(CARDIO)], True),
        ([condition(CARDIO, "absent")], False),
        ([condition(BLOCK)], "not_recorded"),
        ([condition(BLOCK), condition(CARDIO, "absent")], False),
        ([condition(BLOCK), condition(BLOCK, "absent")], "not_recorded"),
        ([condition(CARDIO), condition(CARDIO, "absent")], "conflicting"),
    ],
)
def test_cardiomyopathy_is_an_assertion_until_a_block_is_reported(conditions, expected):
    assert value("anti_ro.cardiomyopathy", conditions=conditions) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], False),
        ([condition(BLOCK)], True),
        ([condition(BLOCK, "absent")], False),
        ([condition(BLOCK), condition(BLOCK, "absent")], "conflicting"),
    ],
)
def test_a_block_is_an_assertion(conditions, expected):
    assert value("anti_ro.block_reported", conditions=conditions) == expected
