"""What calculators do without the API: rule sets of before, and what stands behind every remark that code asks for."""

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import app.services
from app.clinical.calculator_shapes import AgapssRequest, CreatinineUnitsRequest
from app.errors import InputError
from app.services.calculate import creatinine_units
from app.services.classify import classify

TODAY = date(2026, 11, 25)
SERVICES = Path(app.services.__file__).parent


def test_a_rule_set_published_before_has_no_calculators(rules):
    before = replace(rules, knowledge=rules.knowledge.model_copy(update={"calculators": ()}))
    request = CreatinineUnitsRequest.model_validate_json('{"creatinine": {"value": 1, "unit": "mg/dL"}}')
    with pytest.raises(InputError) as refused:
        creatinine_units(before, request)
    assert (refused.value.type, refused.value.status) == ("not-found", 404)
    with pytest.raises(InputError):
        classify(before, "agapss", AgapssRequest(), TODAY)


def test_only_what_was_sent_reaches_the_rules(rules):
    assert classify(rules, "agapss", AgapssRequest(), TODAY).inputs == ()
    sent = AgapssRequest.model_validate_json('{"conditions": []}')
    assert classify(rules, "agapss", sent, TODAY).inputs == ("conditions",)


def _asked(file: str) -> set[str]:
    """The remarks a service asks for by a plain name."""
    return {
        argument.value
        for node in ast.walk(ast.parse((SERVICES / file).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"finding", "refusal"}
        for argument in node.args
        if isinstance(argument, ast.Constant) and not argument.value.startswith("/") and argument.value != "required"
    }


def test_every_remark_that_code_names_is_written(rules):
    asked = {name for file in ("calculate.py", "calculate_body.py", "calculate_dose.py") for name in _asked(file)}
    written = {remark.id for item in rules.knowledge.calculators for remark in item.remarks}
    assert asked
    assert asked <= written
