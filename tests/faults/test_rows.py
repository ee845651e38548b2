"""Each of the 146 rows of the catalogue of faults is a test that carries its id, or says why it does not apply."""

import pytest

from tests.faults.rows import GROUPS, PAGE, ROOT, Row, discovered, functions, page, rows

ROWS = {row.id: row for row in rows()}


def test_the_rows_are_those_of_the_catalogue():
    assert list(ROWS) == [f"{group}{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]
    assert len(ROWS) == 146


def neither(row: Row) -> bool:
    return not row.because and not row.named and row.id not in discovered()


def test_each_has_a_test_or_a_reason():
    assert [row.id for row in ROWS.values() if neither(row)] == []


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.named], ids=lambda row: row.id)
def test_the_tests_named_exist(row):
    for node in row.named:
        file, _, name = node.partition("::")
        assert (ROOT / file).is_file()
        assert not name or name in functions(file)


def test_a_test_names_no_row_that_does_not_exist():
    assert discovered().keys() - ROWS.keys() == set()


def test_a_row_with_a_reason_has_no_test():
    assert [row.id for row in ROWS.values() if row.because and row.files] == []


def test_a_row_without_either_would_be_seen():
    assert neither(Row("Z1", "nothing"))
    assert not neither(Row("A1", "empty body"))


def test_the_page_holds_every_row():
    """Where a row is tested may have moved since the page was made; that it is there may not."""
    made = [line.split("|")[1:3] for line in page().splitlines() if line.startswith("| ")]
    held = [line.split("|")[1:3] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert held == made
