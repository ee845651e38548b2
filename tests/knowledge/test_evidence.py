"""The evidence files and the monograph, read as the loader reads them, before any rule cites them."""

from pathlib import Path

import pytest

import app
from app.authoring.loader import adapter
from app.authoring.yaml_source import read_yaml
from app.clinical.references import Source, Statement
from app.clinical.service_words import MonographSentence

KNOWLEDGE = Path(app.__file__).parent / "knowledge"
EVIDENCE = KNOWLEDGE / "evidence"

# A printed book, known through a transcription only: there is no address to give.
PRINTED_ONLY = {"harriet-lane-24"}

# The reports print ratios that do not fit their own percentages (CLINICAL_DECISIONS 9, item 15).
MISPRINTED_RATIOS = {
    "dendrinos-result": ("1.802", "1.14", "2.84", "1.84"),
    "heilmann-result": ("1.2 ", "0.98", "1.4"),
    "ma-2023-pool": ("0.88", "0.72", "1.08", "1.38", "1.03", "1.86"),
}


def entries(path: Path, section: str) -> list[dict]:
    file, faults = read_yaml(path, path.name)
    assert not faults
    assert set(file.data) == {section}
    return file.data[section]


@pytest.fixture(scope="module")
def statements() -> dict[str, Statement]:
    written = [item for path in sorted(EVIDENCE.glob("statements-*.yaml")) for item in entries(path, "statements")]
    found = [adapter(Statement).validate_python(item) for item in written]
    ids = [statement.id for statement in found]
    assert sorted(ids) == sorted(set(ids))
    return dict(zip(ids, found, strict=True))


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    found = [adapter(Source).validate_python(item) for item in entries(EVIDENCE / "sources.yaml", "sources")]
    ids = [source.id for source in found]
    assert sorted(ids) == sorted(set(ids))
    return dict(zip(ids, found, strict=True))


def test_the_collection_is_not_empty(statements, sources):
    assert len(statements) > 500
    assert len(sources) > 250


def test_every_statement_names_a_source_of_the_list(statements, sources):
    assert {statement.source for statement in statements.values()} <= sources.keys()


def test_every_source_is_used(statements, sources):
    assert sources.keys() <= {statement.source for statement in statements.values()}


def test_uncertain_statements_are_left_out(statements):
    assert {statement.confidence for statement in statements.values()} == {"verified", "likely"}


def test_every_publication_can_be_found(sources):
    without = {
        source.id
        for source in sources.values()
        if source.kind != "derived" and not (source.doi or source.pmid or source.url)
    }
    assert without == PRINTED_ONLY


def test_house_rules_are_marked_as_inferences_and_never_verified(statements):
    house = [statement for statement in statements.values() if statement.id.startswith("house-")]
    assert house
    assert {(item.source, item.inference, item.confidence) for item in house} == {("dossier-inference", True, "likely")}


def test_no_publication_stands_behind_an_inference_of_the_service(statements, sources):
    assert all(
        statement.confidence == "likely"
        for statement in statements.values()
        if sources[statement.source].kind == "derived"
    )


@pytest.mark.parametrize("statement_id", MISPRINTED_RATIOS)
def test_misprinted_ratios_appear_in_no_field(statements, statement_id):
    shown = " ".join(str(value) for value in statements[statement_id].model_dump(exclude={"seen_at"}).values())
    assert not [figure for figure in MISPRINTED_RATIOS[statement_id] if figure in f"{shown} "]


@pytest.mark.parametrize("statement_id", ["triolo-result", "christiansen-2015-result", "stephenson-2000-lbr"])
def test_figures_of_the_main_trials_are_the_printed_ones(statements, statement_id):
    printed = {
        "triolo-result": ("84%", "57%"),
        "christiansen-2015-result": ("23/42 (54.8%)", "20/40 (50.0%)", "1.11 (0.70-1.74)"),
        "stephenson-2000-lbr": ("4/26 (15%)", "3/25 (12%)", "P=0.52"),
    }
    assert [figure for figure in printed[statement_id] if figure not in statements[statement_id].says] == []


def test_every_statement_ends_as_a_sentence(statements):
    assert [statement.id for statement in statements.values() if not statement.says.endswith(".")] == []


def test_the_monograph_cites_statements_that_exist(statements):
    found = [
        adapter(MonographSentence).validate_python(item) for item in entries(KNOWLEDGE / "monograph.yaml", "monograph")
    ]
    assert len({sentence.id for sentence in found}) == len(found)
    assert {sentence.topic for sentence in found} == {
        "what",
        "how",
        "benefit",
        "risk",
        "how-given",
        "alternatives",
        "ask",
    }
    assert {cite for sentence in found for cite in sentence.cite} <= statements.keys()
