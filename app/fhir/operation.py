"""What is sent to ``$assess-ivig``: a Bundle, or Parameters that hold it with the answers of forms and the settings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from app.clinical.history import Indication, PatientHistory
from app.errors import InputError, Problem
from app.fhir.merge import merge
from app.fhir.names import Json
from app.fhir.origin import with_form
from app.fhir.reader import Origin, Reading, read_bundle
from app.fhir.remarks import form_remarks, gap_of, unread, used
from app.fhir.response import Loc, read_response
from app.fhir.terminology import Terminology
from app.fhir.walk import MalformedError

FORM = "QuestionnaireResponse"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_SETTINGS = {
    "patientId": ("valueId", "valueString", "valueCode"),
    "asOf": ("valueDate",),
    "jurisdiction": ("valueCode", "valueString"),
    "indication": ("valueCode", "valueString"),
    "questionnaire": ("valueBoolean",),
}
_RESOURCES = {"bundle": "Bundle", "resource": None, "questionnaireResponse": FORM}
_MANY = frozenset({"indication", "resource", "questionnaireResponse"})


@dataclass(slots=True)
class Sent:
    """The request, taken apart: resources with the pointers at which they stand, and the settings."""

    root: str
    bundle: tuple[str, Json] | None = None
    resources: list[tuple[str, Json]] = field(default_factory=list)
    forms: list[tuple[str, Json]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    indications: list[str] = field(default_factory=list)
    indications_at: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The history that a request tells, and what is to be said about how it was read."""

    history: PatientHistory
    patient_id: str | None
    remarks: list[Json]
    used: list[Json]
    places: Mapping[Loc, str]
    provenance: Mapping[str, Origin]
    root: str
    with_questionnaire: bool


def history_of(body: Json, terms: Terminology, today: date) -> Told:
    """The history a request tells, by chart and by form. Raises InputError 422 for what cannot be a request."""
    sent = take(body)
    settings = _settings(sent, today)
    reading = _read(sent, terms, settings)
    history = reading.history
    remarks = list(_remarks(reading, sent))
    places: dict[Loc, str] = {}
    provenance: Mapping[str, Origin] = reading.provenance
    for pointer, form in sent.forms:
        answers = read_response(form, pointer, settings["as_of"])
        merged = merge(history, answers)
        provenance = with_form(provenance, history, merged.history, answers.said, form, pointer)
        history = merged.history
        places |= answers.places
        remarks += form_remarks(answers, merged.replaces, sent.root)
    history = history.model_copy(update={name: value for name, value in settings.items() if value is not None})
    wanted = sent.settings.get("questionnaire", ("", True))[1]
    return Told(
        history, _patient_id(sent), remarks, used(provenance), places, provenance, sent.root, wanted is not False
    )


def _remarks(reading: Reading, sent: Sent) -> Iterator[Json]:
    inside, extra = (sent.bundle or ("", {}))[0], [pointer for pointer, _ in sent.resources]
    forms = _forms_named(sent)
    others = [item for item in reading.not_understood if not _is_form(item.reference, forms)]
    yield from unread(others, sent.root, inside, extra)
    for section, gap in reading.gaps.items():
        yield gap_of(section, gap)


def take(body: Json) -> Sent:
    """The parts of a request. Raises InputError 422: neither Bundle nor Parameters, or a parameter that is not taken here."""
    kind = body.get("resourceType")
    if kind == "Bundle":
        sent = Sent("Bundle", bundle=("", body))
    elif kind == "Parameters":
        sent = Sent("Parameters")
        for number, part in enumerate(_parts(body)):
            _take(part, f"/parameter/{number}", sent)
    else:
        raise _refused("/resourceType", "not_in_list", "A Bundle or Parameters is expected.")
    sent.forms += list(_forms(sent.bundle))
    if sent.bundle is None and not sent.resources and not sent.forms:
        raise _refused("", "required", "A bundle, a resource or a questionnaireResponse is expected.")
    return sent


def _parts(body: Json) -> list[Any]:
    parts = body.get("parameter", [])
    if not isinstance(parts, list):
        raise _refused("/parameter", "wrong_type", "A list is expected.")
    return parts


def _take(part: Any, pointer: str, sent: Sent) -> None:
    name = str(part.get("name")) if isinstance(part, dict) else ""
    if name in _RESOURCES:
        _take_resource(name, part.get("resource"), f"{pointer}/resource", sent)
    elif name in _SETTINGS:
        _take_setting(name, part, pointer, sent)
    else:
        raise _refused(pointer, "unknown_parameter", f"Parameters taken here: {', '.join((*_RESOURCES, *_SETTINGS))}.")


def _take_resource(name: str, resource: Any, pointer: str, sent: Sent) -> None:
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str) or kind != (_RESOURCES[name] or kind):
        raise _refused(pointer, "wrong_type", f"A resource is expected: {_RESOURCES[name] or 'any of the patient'}.")
    if name == "bundle":
        if sent.bundle is not None:
            raise _refused(pointer, "duplicate_parameter", "One bundle is expected.")
        sent.bundle = pointer, resource
    elif kind == FORM:
        sent.forms.append((pointer, resource))
    else:
        sent.resources.append((pointer, resource))


def _take_setting(name: str, part: Json, pointer: str, sent: Sent) -> None:
    value = next((part[member] for member in _SETTINGS[name] if member in part), None)
    wanted = bool if name == "questionnaire" else str
    if not isinstance(value, wanted):
        raise _refused(pointer, "wrong_type", f"Expected: {' or '.join(_SETTINGS[name])}.")
    if name in _MANY:
        sent.indications.append(str(value))
        sent.indications_at = pointer
    elif name in sent.settings:
        raise _refused(pointer, "duplicate_parameter", "This parameter is given twice.")
    else:
        sent.settings[name] = pointer, value


def _refused(pointer: str, code: str, detail: str) -> InputError:
    return InputError("invalid-input", (Problem(pointer, code, detail),))


def _forms(bundle: tuple[str, Json] | None) -> Iterator[tuple[str, Json]]:
    """The responses among the entries of a bundle."""
    place, found = bundle or ("", {})
    entries = found.get("entry")
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == FORM:
            yield f"{place}/entry/{number}/resource", resource


def _settings(sent: Sent, today: date) -> dict[str, Any]:
    """Date, place and indications, read as the native door reads them."""
    told = {
        name: sent.settings[given][1] for name, given in (("jurisdiction", "jurisdiction"),) if given in sent.settings
    }
    made: dict[str, Any] = {"as_of": today, "jurisdiction": None, "indications": None}
    if "asOf" in sent.settings:
        pointer, value = sent.settings["asOf"]
        try:
            made["as_of"] = date.fromisoformat(value)
        except ValueError:
            raise _refused(pointer, "wrong_format", "A calendar date YYYY-MM-DD is expected.") from None
    if sent.indications:
        known = {item.value: item for item in Indication}
        if not known.keys() >= set(sent.indications):
            raise _refused(sent.indications_at, "not_in_list", f"Expected one of: {', '.join(known)}.")
        made["indications"] = tuple(dict.fromkeys(known[item] for item in sent.indications))
    try:
        made["jurisdiction"] = PatientHistory.model_validate(told).jurisdiction
    except ValidationError:
        raise _refused(sent.settings["jurisdiction"][0], "wrong_format", "ISO 3166 or EU is expected.") from None
    return made


def _read(sent: Sent, terms: Terminology, settings: Mapping[str, Any]) -> Reading:
    """The chart. Forms are handed over as well, so that one about another patient is refused by the same rule."""
    collection: Json = {"resourceType": "Bundle", "type": "collection"}
    inside = sent.bundle[0] if sent.bundle else None
    forms = [form for pointer, form in sent.forms if form.get("subject") and not pointer.startswith(f"{inside}/entry/")]
    extra = [resource for _, resource in sent.resources] + forms
    try:
        return read_bundle(
            sent.bundle[1] if sent.bundle else collection,
            terms,
            patient_id=_stated_id(sent),
            as_of=settings["as_of"],
            jurisdiction=settings["jurisdiction"],
            extra=extra,
        )
    except MalformedError:
        # Nothing is left out silently: where the reader cannot pass over a part, the request is refused.
        raise _refused("", "invalid", "A resource does not have the form that FHIR R4 gives it.") from None


def _stated_id(sent: Sent) -> str | None:
    pointer, value = sent.settings.get("patientId", ("", None))
    if value is not None and not _ID.fullmatch(value):
        raise _refused(pointer, "wrong_format", "A FHIR id is expected.")
    return str(value) if value is not None else None


def _patient_id(sent: Sent) -> str | None:
    """The id the answer may refer to: the one stated, or that of the patient who was sent."""
    stated = _stated_id(sent)
    entries = sent.bundle[1].get("entry", ()) if sent.bundle else ()
    inside = (
        [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    for resource in (*inside, *(found for _, found in sent.resources)):
        if stated is None and isinstance(resource, dict) and resource.get("resourceType") == "Patient":
            named = resource.get("id")
            stated = named if isinstance(named, str) and _ID.fullmatch(named) else None
    return stated


def _is_form(reference: str, forms: frozenset[str]) -> bool:
    """Whether the reader speaks of a form, which is read here and not there."""
    return reference.startswith(f"{FORM}/") or reference in forms


def _forms_named(sent: Sent) -> frozenset[str]:
    """The places of the forms, as the reader names them."""
    inside = (sent.bundle or ("", {}))[0]
    places = {pointer.removeprefix(inside).removesuffix("/resource") for pointer, _ in sent.forms}
    given = {f"/extra/{number}" for number in range(len(sent.resources), len(sent.resources) + len(sent.forms))}
    return frozenset(places | given)


def located(problem: Problem, told: Told) -> Problem:
    """A problem of the history, at the place of the request that said it."""
    parts: list[str | int] = [int(part) if part.isdigit() else part for part in problem.pointer.split("/")[1:]]
    for end in range(len(parts), 0, -1):
        pointer = told.places.get(tuple(parts[:end]))
        if pointer:
            return Problem(pointer, problem.code, problem.detail, problem.evidence)
    return problem
