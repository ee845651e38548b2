"""From bytes to a PatientHistory, or an InputError that names fields and never repeats a value."""

from datetime import date
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.clinical.history import PatientHistory
from app.clinical.laboratory import check as check_laboratory
from app.clinical.plausibility import contradictions
from app.clinical.scalars import Wire
from app.errors import InputError, Problem
from app.services.strict_json import check_json, malformed

W = TypeVar("W", bound=Wire)
MOST_PROBLEMS = 20
_CODES = {
    "extra_forbidden": ("unknown_field", "This object holds a field that is not known here."),
    "missing": ("required", "This field is required."),
    "int_type": ("wrong_type", "An integer is expected."),
    "int_from_float": ("wrong_type", "An integer is expected."),
    "bool_type": ("wrong_type", "true or false is expected."),
    "string_type": ("wrong_type", "A string is expected."),
    "model_type": ("wrong_type", "An object is expected."),
    "tuple_type": ("wrong_type", "A list is expected."),
    "is_instance_of": ("wrong_type", "A number is expected."),
    "string_pattern_mismatch": ("wrong_format", "The text does not have the expected form."),
    "string_too_long": ("too_long", "The text is too long."),
    "string_too_short": ("wrong_format", "The text is empty."),
    "too_long": ("too_long", "The list is too long."),
    "finite_number": ("out_of_range", "A finite number is expected."),
}
_BOUNDS = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", ">="),
    "less_than": ("lt", "<"),
    "less_than_equal": ("le", "<="),
}


def read_history(body: bytes, today: date) -> PatientHistory:
    """The history in ``body``. Raises InputError: 400 for what is not JSON, 422 for what cannot be a history."""
    return checked(read_shape(body, PatientHistory), today)


def read_shape(body: bytes, shape: type[W]) -> W:
    """The request of this shape in ``body``. Raises InputError: 400 for what is not JSON, 422 for what has another shape."""
    check_json(body)
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False, include_input=False), shape) from None


def checked(history: PatientHistory, today: date) -> PatientHistory:
    """The same history, if it can be true. Raises InputError 422 for contradictions and results that cannot be read."""
    found = (*contradictions(history, today), *check_laboratory(history))
    if found:
        raise InputError(_kind(found[0].code), found[:MOST_PROBLEMS])
    return history


def _refusal(errors: list[ErrorDetails], shape: type[Wire]) -> InputError:
    if any(error["type"] == "json_invalid" for error in errors):
        return malformed("The body is not valid JSON.")
    found = (_problem(error, shape) for error in errors[: MOST_PROBLEMS * 2])
    problems = tuple(dict.fromkeys(found))[:MOST_PROBLEMS]
    return InputError(_kind(problems[0].code), problems)


def _kind(code: str) -> str:
    kinds = {
        "unknown_field": "unknown-field",
        "inconsistent": "inconsistent-input",
        "in_the_future": "inconsistent-input",
        "unit_not_allowed": "implausible-value",
        "implausible_value": "implausible-value",
        "out_of_range": "implausible-value",
    }
    return kinds.get(code, "invalid-input")


def _problem(error: ErrorDetails, shape: type[Wire]) -> Problem:
    unknown = error["type"] == "extra_forbidden"
    location = error["loc"][:-1] if unknown else error["loc"]
    code, detail = _explain(error["type"], error.get("ctx", {}))
    return Problem(pointer(location, shape), code, detail)


def _explain(kind: str, context: dict[str, Any]) -> tuple[str, str]:
    if kind in _CODES:
        return _CODES[kind]
    if kind in _BOUNDS:
        limit, sign = _BOUNDS[kind]
        return "out_of_range", f"The value must be {sign} {context[limit]}."
    if kind in {"enum", "literal_error"}:
        return "not_in_list", f"Expected one of: {context['expected']}."
    if kind == "value_error":
        # Only this project's own validators raise it, and their words hold no value.
        return "invalid", f"{str(context['error']).capitalize()}."
    if kind.startswith("date"):
        return "wrong_format", "A calendar date YYYY-MM-DD is expected."
    return "invalid", "The value is not valid."


def pointer(location: tuple[int | str, ...], shape: type[Wire]) -> str:
    """A JSON pointer of known field names and indexes; what the sender named is left out."""
    known = _field_names(shape)
    return "".join(f"/{part}" for part in location if isinstance(part, int) or part in known)


@cache
def _field_names(shape: type[Wire]) -> frozenset[str]:
    schema = shape.model_json_schema()
    parts = (schema, *schema.get("$defs", {}).values())
    return frozenset(name for part in parts for name in part.get("properties", ()))
