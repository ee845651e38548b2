"""What is sent to ``$assess-ivig``: a Bundle, or Parameters that hold it with the answers of forms and the settings."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from app.clinical.history import Indication, PatientHistory
from app.errors import InputError, Problem
from app.fhir.merge import merge
from app.fhir.names import Json, extension
from app.fhir.outcome import expression, issue
from app.fhir.reader import Origin, Reading, Unread, read_bundle
from app.fhir.response import Answers, Loc, read_response
from app.fhir.terminology import Terminology
from app.fhir.walk import MalformedError

FORM = "QuestionnaireResponse"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_REFERENCE = re.compile(r"([A-Z][A-Za-z]{2,39})/([A-Za-z0-9\-.]{1,64})", re.ASCII)
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
    remarks = [_unread(item, sent) for item in reading.not_understood if not _is_form(item.reference, sent)]
    remarks += [_gap(section, gap) for section, gap in reading.gaps.items()]
    places: dict[Loc, str] = {}
    for pointer, form in sent.forms:
        answers = read_response(form, pointer, settings["as_of"])
        merged = merge(history, answers)
        history = merged.history
        places |= answers.places
        remarks += list(_form_remarks(answers, merged.replaces, sent.root))
    history = history.model_copy(update={name: value for name, value in settings.items() if value is not None})
    wanted = sent.settings.get("questionnaire", ("", True))[1]
    return Told(
        history, _patient_id(sent), remarks, _used(reading), places, reading.provenance, sent.root, wanted is not False
    )


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


def _is_form(reference: str, sent: Sent) -> bool:
    """Whether the reader speaks of a form, which is read here and not there."""
    inside = (sent.bundle or ("", {}))[0]
    places = {pointer.removeprefix(inside).removesuffix("/resource") for pointer, _ in sent.forms}
    given = {f"/extra/{number}" for number in range(len(sent.resources), len(sent.resources) + len(sent.forms))}
    return reference.startswith(f"{FORM}/") or reference in places | given


def _unread(item: Unread, sent: Sent) -> Json:
    made = issue("warning", "not-supported", item.reason, "This was sent and not read, or not as it stands.")
    where = place_of(
        item.reference, sent.root, (sent.bundle or ("", {}))[0], [pointer for pointer, _ in sent.resources]
    )
    return made | ({"expression": [where]} if where else {})


def place_of(reference: str, root: str, bundle: str = "", extra: Iterable[str] = ()) -> str | None:
    """A reference or a place of the reader as FHIRPath; None for an id that is no FHIR id, which is not repeated."""
    named = _REFERENCE.fullmatch(reference)
    if named:
        inside = "Bundle.entry.resource" if root == "Bundle" else "Parameters.parameter.resource"
        return f"{inside}.descendants().where(resourceType = '{named[1]}' and id = '{named[2]}')"
    found = re.fullmatch(r"/extra/(\d+)((?:/entry/\d+)*)", reference, re.ASCII)
    if found:
        places = list(extra)
        number = int(found[1])
        return expression(f"{places[number]}{found[2]}", root) if number < len(places) else None
    return expression(f"{bundle}{reference}", root) if re.fullmatch(r"(/entry/\d+)+", reference, re.ASCII) else None


_GAPS = {
    "absent": ("information", "Nothing was sent for this section: it is not known."),
    "empty": ("information", "The search was answered and found nothing: not recorded, which is not the same as none."),
    "failed": ("warning", "The search failed: this section is not known."),
    "partial": ("warning", "Only part of this section arrived: what is not in it is not known."),
}


def _gap(section: str, gap: str) -> Json:
    severity, text = _GAPS[gap]
    return issue(severity, "incomplete", f"{gap}_{section}", f"{section.replace('_', ' ').capitalize()}: {text}")


def _form_remarks(answers: Answers, replaces: Iterable[str], root: str) -> Iterator[Json]:
    for pointer, reason in answers.not_understood:
        yield issue("warning", "not-supported", reason, "This answer was sent and not read.", pointer, root)
    for pointer in replaces:
        yield issue(
            "warning",
            "conflict",
            "replaces_chart",
            "This answer was used in place of what the chart says.",
            pointer,
            root,
        )


def _used(reading: Reading) -> list[Json]:
    """From which resource each part of the history was read."""
    made = []
    for pointer, origin in reading.provenance.items():
        named = _REFERENCE.fullmatch(origin.reference)
        if named:
            said = {"url": extension("date"), "valueDateTime": origin.date} if origin.date else None
            reference = {"reference": origin.reference} | ({"extension": [said]} if said else {})
            made.append({"name": pointer.lstrip("/").replace("/", "."), "valueReference": reference})
    return made


def located(problem: Problem, told: Told) -> Problem:
    """A problem of the history, at the place of the request that said it."""
    parts: list[str | int] = [int(part) if part.isdigit() else part for part in problem.pointer.split("/")[1:]]
    for end in range(len(parts), 0, -1):
        pointer = told.places.get(tuple(parts[:end]))
        if pointer:
            return Problem(pointer, problem.code, problem.detail, problem.evidence)
    return problem
