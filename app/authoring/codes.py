"""Which codes are read from a chart, as a Markdown page for people; generated from the terminology."""

from collections.abc import Iterable, Iterator, Mapping

from app.authoring.loader import Loaded
from app.clinical.terms import TEXT, Term

RESOURCES: Mapping[str, tuple[str, str]] = {
    "allergies": ("AllergyIntolerance", "code"),
    "antiphospholipid_tests": ("Observation", "code of the resource or a component"),
    "conditions": ("Condition, Procedure, FamilyMemberHistory", "code; condition.code of a mother or sister"),
    "embryo_transfers": ("Procedure", "code"),
    "family": ("FamilyMemberHistory", "relationship"),
    "immunisations": ("Immunization", "vaccineCode"),
    "investigations": ("Condition", "code"),
    "ivig": ("MedicationRequest, -Statement, -Administration, Immunization", "medication[x], Medication.code; vaccineCode"),
    "laboratory": ("Observation", "code of the resource or a component"),
    "loss_summary": ("Condition, Observation", "code"),
    "medications": ("MedicationRequest, -Statement, -Administration, Condition", "medication[x], Medication.code; code"),
    "no_allergy": ("AllergyIntolerance", "code"),
    "patient": ("Observation", "code"),
    "pregnancies": ("Condition", "code"),
    "pregnancy": ("Observation, Condition", "code, value[x]"),
    "reaction": ("AllergyIntolerance", "reaction.manifestation"),
    "result": ("Observation", "valueCodeableConcept, valueString, interpretation"),
    "thrombotic_events": ("Condition", "code"),
    "vitals": ("Observation", "code of the resource or a component"),
}  # fmt: skip
"""Where a code that leads to a section of the history is looked for."""
HEAD = ("fact", "resource", "element", "system", "codes", "confidence")
TITLE = """# Codes that are read from a chart

Generated from `app/knowledge/terminology` (`ivig-cds rules codes --into docs/codes.md`); a test fails when it is stale. Codes are compared
without dots (ICD), in upper case, and under any known alias of their system. `verified`: code and display were read in a published source;
`likely`: in one secondary source. No other code is used. LOINC (c) Regenstrief Institute; SNOMED CT (c) SNOMED International; ATC (c) WHOCC.

"""
NOT_READ = """
## Not read, and why

| what | why |
|---|---|
| Encounter, EpisodeOfCare | no fact of its own: its diagnoses are read from their Conditions; an encounter tells which stay a complication belongs to |
| DiagnosticReport, DocumentReference, narrative and notes | free text, whose meaning cannot be checked; results are read from their Observations |
| ServiceRequest, CarePlan, Goal | planned is not done |
| any other type | listed by its reference (`type_not_read`) |
| WHO ICD-10 and national modifications | their codes are not those of ICD-10-CM |
| outcome of an embryo transfer | seldom coded: asked for, never inferred |
| a diagnosis that is not confirmed, or no longer active | no fact, and no absence either; listed |
| a complication whose pregnancy the chart does not tell | listed (`pregnancy_not_identified`) and asked about |
| a resource with elements of DSTU2, STU3 or R5 that hold its date or medicine, or negate it | listed (`shaped_as_another_fhir_version`): only R4 is read |
| a resource with a modifier extension | listed (`modifier_extension_not_known`): it may turn the meaning round, and FHIR forbids to pass over it |
| an earlier version of a resource that was sent twice | listed (`a_later_version_was_sent`), where both say when they were last updated |
| a part of a panel whose code is not known | the panel is listed (`code_not_known`), its other parts are read |
| a code that stands in no table above | listed (`code_not_known`); a site can add its own |
"""


def codes_page(loaded: Loaded) -> str:
    """The whole page: one row for each fact and code system, then what is not read and why."""
    terms = [piece.model for piece in loaded.of("terminology")]
    rows = [HEAD, ("---",) * len(HEAD), *_rows(terms)]
    return TITLE + "".join(f"| {' | '.join(row)} |\n" for row in rows) + NOT_READ


def _rows(terms: Iterable[Term]) -> Iterator[tuple[str, ...]]:
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for term in terms:
        grouped.setdefault((term.target, term.system, term.confidence), []).append(term.code)
    for (target, system, confidence), codes in sorted(grouped.items()):
        resource, element = RESOURCES[target.partition("/")[0]]
        shown = ", ".join(f"`{code}`" for code in sorted(set(codes)))
        yield f"`{target}`", resource, element, "words" if system == TEXT else system, shown, confidence
