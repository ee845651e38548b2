"""docs/codes.md tells which codes are read, no more and no less."""

from pathlib import Path

import pytest

from app.authoring.codes import RESOURCES, codes_page
from app.authoring.loader import load
from app.services.publish import BUNDLED

PAGE = Path(__file__).parents[2] / "docs" / "codes.md"


@pytest.fixture(scope="module")
def loaded():
    return load(BUNDLED)


def test_the_page_is_not_stale(loaded):
    assert PAGE.read_text(encoding="utf-8") == codes_page(loaded), "run: ivig-cds rules codes --into docs/codes.md"


def test_every_code_stands_in_its_row_with_its_confidence(loaded):
    rows = [line for line in codes_page(loaded).splitlines() if line.startswith("| `")]
    for piece in loaded.of("terminology"):
        term = piece.model
        assert any(
            f"`{term.target}`" in row and f"`{term.code}`" in row and row.endswith(f"{term.confidence} |")
            for row in rows
        )
    assert not [row for row in rows if "uncertain" in row]


def test_every_kind_of_fact_has_a_place_in_a_resource_and_no_place_is_idle(loaded):
    assert {piece.model.target.partition("/")[0] for piece in loaded.of("terminology")} == set(RESOURCES)


def test_the_page_says_what_is_not_read():
    text = PAGE.read_text(encoding="utf-8")
    assert all(name in text for name in ("Encounter", "EpisodeOfCare", "free text", "WHO ICD-10"))


def test_the_guide_leads_to_it():
    assert "(codes.md)" in (PAGE.parent / "integrate.md").read_text(encoding="utf-8")
