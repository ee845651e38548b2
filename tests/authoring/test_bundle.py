import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.bundle import FORMAT, canonical, decode, digest, read
from app.authoring.loader import load
from app.authoring.yaml_source import exact
from app.clinical.knowledge import Knowledge
from app.errors import RuleSetError

NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=6).map(exact)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | NUMBERS | TEXT,
        lambda part: st.lists(part) | st.dictionaries(TEXT, part),
        max_leaves=8,
    ),
)


def test_the_text_is_known_for_good():
    document = {"b": [1, Decimal("0.30"), True, None], "a": {"z": 'Größe "x"', "y": Decimal("12.000")}}
    expected = '{"a":{"y":12,"z":"Größe \\"x\\""},"b":[1,0.3,true,null]}'
    assert canonical(document) == expected.encode()
    assert digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


@given(DOCUMENTS)
def test_reading_gives_back_what_was_written(document):
    again = read(canonical(document))
    assert again == document
    assert canonical(again) == canonical(document)


@given(DOCUMENTS)
def test_the_text_is_json_that_any_parser_reads(document):
    assert json.loads(canonical(document)).keys() == document.keys()


@given(st.dictionaries(TEXT, NUMBERS))
def test_the_order_of_keys_does_not_matter(document):
    assert digest(document) == digest(dict(reversed(document.items())))


@pytest.mark.parametrize("value", [0.1, float("nan"), {1}, Decimal("NaN"), b"x"])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"a": value})


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"a": NaN}', "[" * 100_000])
def test_what_is_no_document_is_refused(text):
    with pytest.raises(RuleSetError):
        read(text)


@pytest.mark.parametrize("document", [{}, {"format": 2}, {"format": 1}, {"format": 1, "rules": [{"kind": "note"}]}])
def test_a_document_of_another_shape_is_refused(document):
    with pytest.raises(RuleSetError):
        decode(document)


def test_a_document_published_before_there_were_calculators_is_still_read():
    names = [name for name, field in Knowledge.model_fields.items() if field.is_required()]
    found = decode({"format": FORMAT, **{name: [] for name in names}})
    assert found.calculators == ()


def test_a_document_from_before_a_collection_came_is_still_read(knowledge):
    document = load(knowledge()).document
    older = {name: part for name, part in document.items() if name != "transparency"}
    assert decode(older) == decode(document)
    with pytest.raises(RuleSetError):
        decode({name: part for name, part in document.items() if name != "statements"})
