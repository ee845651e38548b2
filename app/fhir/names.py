"""Names that our FHIR resources carry: code systems, canonical addresses, and the one way to drop what is empty."""

from typing import Any

from app.clinical.ruleset import RuleSet

Json = dict[str, Any]

MEDIA_TYPE = "application/fhir+json"
FHIR_VERSION = "4.0.1"
PUBLISHER = "ivig-cds"
OPERATION = "assess-ivig"
HISTORY_FORM = "ivig-history"
RULE_LIBRARY = "ivig-rule-set"
GENERAL = "ivig-general"

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
YES_NO = f"{TERMINOLOGY}/v2-0136"
NULL_FLAVOUR = f"{TERMINOLOGY}/v3-NullFlavor"


def canonical(kind: str, name: str) -> str:
    """The canonical address of one of our resources. It never depends on the address a request was sent to."""
    return f"urn:ivig-cds:{kind}:{name}"


def versioned(kind: str, name: str, rules: RuleSet) -> str:
    """A canonical reference to the version of the resource that belongs to this rule set."""
    return f"{canonical(kind, name)}|{rules.version}"


def code_system(name: str) -> str:
    """The code system of a list of ours."""
    return canonical("code-system", name)


def extension(name: str) -> str:
    """The address of an extension of ours."""
    return canonical("extension", name)


def published(kind: str, name: str, rules: RuleSet) -> Json:
    """What every resource that describes the active rule set begins with."""
    return {
        "resourceType": kind,
        "id": name,
        "url": canonical(kind, name),
        "version": rules.version,
        "status": "active",
        "experimental": False,
        "date": max(rule.reviewed_on for rule in rules.knowledge.rules).isoformat(),
        "publisher": PUBLISHER,
    }


def words(name: str) -> str:
    """An identifier as a phrase: ``recurrent_pregnancy_loss`` becomes ``Recurrent pregnancy loss``."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def concept(system: str, code: str, display: str) -> Json:
    """A CodeableConcept with one coding."""
    return {"coding": [coding(system, code, display)], "text": display}


def coding(system: str, code: str, display: str) -> Json:
    """A Coding."""
    return {"system": system, "code": code, "display": display}


class Ready(dict[str, Any]):
    """A part without nulls and without empty members, made once and used by many answers."""


def filled(part: Any) -> Any:
    """The same resource without nulls and without empty members: FHIR allows neither."""
    if isinstance(part, Ready):
        return part
    if isinstance(part, dict):
        return {name: kept for name, value in part.items() if _stays(kept := _inner(value))}
    if isinstance(part, list | tuple):
        return [kept for value in part if _stays(kept := _inner(value))]
    return part


def _inner(value: Any) -> Any:
    return value if value.__class__ is str else filled(value)


def _stays(value: Any) -> bool:
    return bool(value) or isinstance(value, bool | int | float)
