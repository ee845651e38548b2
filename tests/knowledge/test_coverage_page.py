"""The README tells what the bundled rule set covers, no more and no less."""

from pathlib import Path

import pytest

from app.authoring.covered import BEGIN, END, covered, written_into
from app.authoring.loader import load
from app.clinical.history import Indication
from app.services.publish import BUNDLED

PAGE = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def loaded():
    return load(BUNDLED)


@pytest.fixture(scope="module")
def rows(loaded) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in covered(loaded).splitlines()[2:]]
    return {row[0]: row[1:] for row in cells}


def test_the_page_is_not_stale(loaded):
    page = PAGE.read_text(encoding="utf-8")
    assert page == written_into(page, covered(loaded)), "run: ivig-cds rules covered --into README.md"


def test_every_indication_has_a_row(rows):
    assert set(rows) == {item.value.replace("_", " ") for item in Indication}


def test_the_counts_are_those_of_the_files(loaded, rows):
    own = [rule for rule in loaded.document["rules"] if "recurrent_implantation_failure" in rule.get("applies_to", ())]
    of_kind = {
        kind: sum(rule["kind"] == kind for rule in own) for kind in ("position", "protocol", "alternative", "funding")
    }
    definitions = sum(rule.get("defines", False) for rule in own)
    found = rows["recurrent implantation failure"]
    assert found[:5] == [str(definitions), *(str(number) for number in of_kind.values())]
    assert definitions == 5


def test_the_places_are_those_of_the_status_table(rows):
    assert rows["recurrent pregnancy loss"][5].startswith("AT, AU, ")
    assert rows["recurrent pregnancy loss"][5].endswith(", all others")
    assert "*" not in rows["recurrent pregnancy loss"][5]
    assert rows["preeclampsia"][5] == "one for all places"


@pytest.mark.parametrize("page", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_a_page_without_its_markers_is_refused(page):
    with pytest.raises(ValueError, match="covered:begin"):
        written_into(page, "table")


def test_what_stands_around_the_markers_stays():
    assert written_into(f"a{BEGIN}old{END}b", "new\n") == f"a{BEGIN}\nnew\n{END}b"
