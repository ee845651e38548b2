"""Reading the envelope of a call: what the specification requires, and nothing of what it does not."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.errors import InputError, Problem
from app.hooks.shapes import FHIR_ID, FhirAccess, HookCall, HookContext, Json

ORDER_HOOKS = frozenset({"order-select", "order-sign"})
_PATIENT = re.compile(r"^(?:.*/)?Patient/")
_ENCOUNTER = re.compile(r"^(?:.*/)?Encounter/")


def read_call(body: Json, hook: str) -> HookCall:
    """The call in ``body``, which must be for ``hook``. Members that are not known are left alone.

    Raises InputError naming what is missing or wrong, never its value: 400, and 422 for a token without its server.
    """
    named = _text(body, "hook", "")
    if named != hook:
        raise refused("/hook", "wrong_hook", "This service answers another hook.")
    instance = _uuid(_text(body, "hookInstance", ""))
    if body.get("fhirAuthorization") is not None and not isinstance(body.get("fhirServer"), str):
        fault = Problem("/fhirServer", "required", "fhirServer comes with fhirAuthorization.")
        raise InputError("invalid-input", (fault,))
    return HookCall(hook, instance, _context(_object(body, "context", ""), hook), _prefetch(body))


def read_access(body: Json, patient_id: str) -> FhirAccess | None:
    """The client's FHIR server and token; None where it gave none, or one that is good for another patient only."""
    given = body.get("fhirAuthorization")
    given = given if isinstance(given, dict) else {}
    server, token, patient = body.get("fhirServer"), given.get("access_token"), given.get("patient", patient_id)
    is_bearer = str(given.get("token_type", "")).lower() == "bearer"
    if not (isinstance(server, str) and isinstance(token, str) and is_bearer and patient == patient_id):
        return None
    return FhirAccess(server, token)


def _context(context: Json, hook: str) -> HookContext:
    selections = context.get("selections")
    if hook == "order-select":
        _required(context, "selections", "/context")
    if selections is not None and not _texts(selections):
        raise refused("/context/selections", "wrong_type", "A list of references is expected.")
    drafts = context.get("draftOrders")
    if drafts is not None and not isinstance(drafts, dict):
        raise refused("/context/draftOrders", "wrong_type", "A Bundle is expected.")
    _text(context, "userId", "/context")
    encounter = context.get("encounterId")
    return HookContext(
        patient_id=_id(_text(context, "patientId", "/context"), _PATIENT, "/context/patientId"),
        user_id=context["userId"],
        encounter_id=_id(encounter, _ENCOUNTER, "/context/encounterId") if isinstance(encounter, str) else None,
        selections=tuple(selections) if selections is not None else None,
        # Without the scopes for unsigned orders Epic sends none: what that means is decided where orders are looked at.
        draft_orders=drafts if hook in ORDER_HOOKS else None,
    )


def _prefetch(body: Json) -> Mapping[str, Any]:
    prefetch = body.get("prefetch")
    if prefetch is None:
        return {}
    if not isinstance(prefetch, dict):
        raise refused("/prefetch", "wrong_type", "An object is expected.")
    return prefetch


def _required(body: Json, name: str, place: str) -> Any:
    if body.get(name) is None:
        raise refused(f"{place}/{name}", "required", "This field is required.")
    return body[name]


def _text(body: Json, name: str, place: str) -> str:
    value = _required(body, name, place)
    if not isinstance(value, str) or not value:
        raise refused(f"{place}/{name}", "wrong_type", "A string is expected.")
    return value


def _object(body: Json, name: str, place: str) -> Json:
    value = _required(body, name, place)
    if not isinstance(value, dict):
        raise refused(f"{place}/{name}", "wrong_type", "An object is expected.")
    return value


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise refused("/hookInstance", "wrong_format", "A UUID is expected.") from None


def _id(text: str, prefix: re.Pattern[str], place: str) -> str:
    """A FHIR id, also where a client sends the whole reference."""
    plain = prefix.sub("", text)
    if not FHIR_ID.fullmatch(plain):
        raise refused(place, "wrong_format", "A FHIR id is expected.")
    return plain


def refused(pointer: str, code: str, detail: str) -> InputError:
    """The error for a call that is not one."""
    return InputError("invalid-input", (Problem(pointer, code, detail),), status=400)
