"""From bundles and prefetch values to resources of one patient, and to what of them is missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import InputError, Problem
from app.fhir.reading import Gap, Unread, Why
from app.fhir.walk import Json, MalformedError, items, mapping, text

SECTIONS_OF: Mapping[str, tuple[str, ...]] = {
    "Patient": ("patient",),
    "Condition": ("conditions", "pregnancies", "thrombotic_events"),
    "Observation": ("laboratory", "vitals", "antiphospholipid_tests"),
    "Procedure": ("embryo_transfers",),
    "MedicationRequest": ("medications", "previous_ivig"),
    "MedicationStatement": ("medications", "previous_ivig"),
    "MedicationAdministration": ("medications", "previous_ivig"),
    "AllergyIntolerance": ("allergies",),
    "Immunization": ("immunisations",),
}
"""Which sections of the history a search for each type fills."""

SUBJECTS = ("subject", "patient", "individual")
UNBOUND = frozenset(
    {"Patient", "Medication", "OperationOutcome", "Practitioner", "PractitionerRole", "Organization", "Location"}
)
"""Types that are about no patient; Patient itself is checked by its id."""
MOST_ENTRIES = 20_000
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, what it is called, and whether it is a draft that is being ordered."""

    type: str
    reference: str
    data: Json
    url: str | None = None
    draft: bool = False


@dataclass(slots=True)
class Collected:
    """All resources of a request by the names they can be referred to, and the state of each search."""

    resources: list[Resource] = field(default_factory=list)
    by_name: dict[str, Resource] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    states: dict[str, set[Gap]] = field(default_factory=dict)

    def add(self, data: Any, place: str, url: str | None = None, *, draft: bool = False) -> Resource | None:
        """Take one resource in; what is none is listed."""
        kind = data.get("resourceType") if isinstance(data, dict) else None
        if not isinstance(kind, str) or not kind:
            self.unread.append(Unread(place, Why.NOT_A_RESOURCE))
            return None
        named = data.get("id")
        reference = f"{kind}/{named}" if isinstance(named, str) and named else place
        if len(self.resources) >= MOST_ENTRIES:
            raise InputError(
                "too-large", (Problem("/entry", "too_large", f"At most {MOST_ENTRIES} resources are read."),), 413
            )
        found = Resource(kind, reference, data, url, draft)
        self.resources.append(found)
        for name in (reference, url):
            if name:
                self.by_name.setdefault(name, found)
        return found

    def state(self, kind: str, gap: Gap) -> None:
        """Note that a search for this type, or for this section alone, found nothing or was not wholly answered."""
        self.states.setdefault(kind, set()).add(gap)

    def resolve(self, resource: Resource, reference: str) -> Json | None:
        """The resource that a reference names: contained, absolute, relative or by urn. None if it is not here."""
        if reference.startswith("#"):
            found = (item for item in items(resource.data, "contained") if item.get("id") == reference[1:])
            return next(found, None)
        plain = reference.partition("/_history/")[0]
        named = self.by_name.get(plain) or self.by_name.get(relative(plain))
        return named.data if named else None


def relative(reference: str) -> str:
    """``Type/id`` of a reference, whatever server it names; other references as they are."""
    plain = reference.partition("/_history/")[0].rstrip("/")
    parts = plain.split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else plain


def take_bundle(
    bundle: Json, collected: Collected, place: str, *, draft: bool = False, depth: int = 0
) -> tuple[int, set[str]]:
    """The entries of a bundle. Gives how many resources and which types they were; an outcome entry is no resource."""
    kinds: set[str] = set()
    count = 0
    if depth > DEEPEST:
        raise MalformedError("entry")
    for index, entry in enumerate(items(bundle, "entry")):
        where = f"{place}/entry/{index}"
        data = entry.get("resource")
        if isinstance(data, dict) and data.get("resourceType") == "OperationOutcome":
            if _is_error(data):
                kinds.add("OperationOutcome")
            continue
        if isinstance(data, dict) and data.get("resourceType") == "Bundle":
            inside, found = take_bundle(data, collected, where, draft=draft, depth=depth + 1)
            count, kinds = count + inside, kinds | found
            continue
        url = entry.get("fullUrl")
        taken = collected.add(data, where, url if isinstance(url, str) else None, draft=draft)
        if taken:
            # What a search includes beside its matches is not counted in its total.
            count += mapping(entry, "search").get("mode") != "include"
            kinds.add(taken.type)
    return count, kinds


def _is_error(outcome: Json) -> bool:
    """Epic sends an outcome with an empty search as information; a warning or an error may hide data."""
    try:
        return any(text(issue, "severity") in {"fatal", "error"} for issue in items(outcome, "issue"))
    except MalformedError:
        return True


def incomplete(bundle: Json, matches: int) -> bool:
    """Whether this is one page of several, or holds fewer matches than the server says there are."""
    total = bundle.get("total")
    more = any(text(link, "relation") == "next" for link in items(bundle, "link"))
    return more or (isinstance(total, int) and not isinstance(total, bool) and total > matches)


def patient_reference(resource: Resource) -> str | None:
    """The reference to whom a resource is about; None if it names nobody."""
    for name in SUBJECTS:
        stated = text(mapping(resource.data, name), "reference")
        if stated:
            return stated
    return None


def mismatch(place: str) -> InputError:
    """A resource of another patient: nothing of such a request is used."""
    return InputError(
        "patient-mismatch", (Problem(place, "patient_mismatch", "This resource is about another patient."),)
    )


def only_patient(collected: Collected, patient_id: str | None) -> None:
    """Raise InputError when the Patient resources are not of one patient, or not of the one asked for."""
    found = {_called(item) for item in collected.resources if item.type == "Patient"}
    wanted = {f"Patient/{patient_id}"} if patient_id else set()
    if len(found | wanted) > 1:
        raise mismatch("/Patient")


def _called(item: Resource) -> str:
    """What a Patient resource is called: by its id, else by its address in the bundle."""
    named = item.reference if item.reference.startswith("Patient/") else None
    return named or (relative(item.url) if item.url else item.reference)


def hers(collected: Collected, patient_id: str | None) -> Iterator[Resource]:
    """The resources about the patient. Raises InputError at one about another; what names nobody is listed."""
    names = _names(collected, patient_id)
    seen: set[str] = set()
    for item in collected.resources:
        if item.type in UNBOUND:
            yield item
            continue
        try:
            about = patient_reference(item)
            own = about is not None and _names_patient(about, item, names)
        except MalformedError:
            collected.unread.append(Unread(item.reference, Why.MALFORMED))
            continue
        if about is None:
            collected.unread.append(Unread(item.reference, Why.NO_SUBJECT))
        elif own:
            seen.add(relative(about))
            if not names and len(seen) > 1:
                raise mismatch(f"/{item.type}")
            yield item
        else:
            _refuse_or_list(about, item, collected)


def _names(collected: Collected, patient_id: str | None) -> frozenset[str]:
    found = {f"Patient/{patient_id}"} if patient_id else set()
    for item in collected.resources:
        if item.type == "Patient":
            found |= {name for name in (item.reference, item.url) if name}
    return frozenset(found)


def _names_patient(about: str, item: Resource, names: frozenset[str]) -> bool:
    if about.startswith("#"):
        inside = next((part for part in items(item.data, "contained") if part.get("id") == about[1:]), {})
        return inside.get("resourceType") == "Patient" and f"Patient/{inside.get('id')}" in names
    if not names:
        return relative(about).startswith("Patient/") or about.startswith("urn:")
    return about in names or relative(about) in names


def _refuse_or_list(about: str, item: Resource, collected: Collected) -> None:
    """Another patient is refused; a group, a device, or a reference that names no type is listed."""
    if relative(about).startswith("Patient/"):
        raise mismatch(f"/{item.type}")
    other = collected.by_name.get(about)
    if other and other.type == "Patient":
        raise mismatch(f"/{item.type}")
    unresolved = about.startswith(("urn:", "#"))
    collected.unread.append(Unread(item.reference, Why.UNRESOLVED if unresolved else Why.NOT_HERS))


ANY = "*"
"""A search whose type is not known: its key has no telling name and its value no resource."""


def gaps_of(collected: Collected, present: Iterable[str]) -> dict[str, str]:
    """The state of each section that was not wholly read: the worst of the searches that fill it."""
    found: dict[str, str] = {}
    seen = set(present)
    for section in dict.fromkeys(name for names in SECTIONS_OF.values() for name in names):
        kinds = {kind for kind, names in SECTIONS_OF.items() if section in names}
        states = {gap for name in (*kinds, section) for gap in collected.states.get(name, ())}
        if not kinds & seen:
            states |= collected.states.get(ANY, set()) or {Gap.ABSENT}
        worst = next((gap for gap in (Gap.FAILED, Gap.PARTIAL, Gap.EMPTY, Gap.ABSENT) if gap in states), None)
        if worst and not (worst is Gap.EMPTY and kinds & seen):
            found[section] = worst.value
    return found
