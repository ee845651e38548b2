"""The whole form: every section of a history, and for each fact the items that can settle it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from app.clinical import facts  # noqa: F401 - declares the catalogue that the form is made of
from app.clinical.catalogue import Coding, Entry, entries, specifications
from app.clinical.exposure_sections import Exposure, Neurology
from app.clinical.fetal_sections import CorticosteroidTrial, FetalAlloimmunity
from app.clinical.history import Section
from app.clinical.laboratory_tests import TESTS
from app.clinical.obstetric_sections import (
    CurrentPregnancy,
    EmbryoTransfer,
    LossSummary,
    Plans,
    Postpartum,
    Pregnancy,
    PregnancyStatus,
)
from app.clinical.result_sections import AntiphospholipidTest, BloodPressure, Investigation, Laboratory
from app.clinical.ruleset import RuleSet
from app.clinical.sections import Immunisation, Patient, PlannedIvig, PreviousIvig, ThromboticEvent
from app.fhir.form import NO, UNKNOWN, YES, Gate, Item, Words, listed, members, walk
from app.fhir.names import LOINC, canonical

PRESENCE = {
    Section.CONDITIONS: ("condition", {"Y": "present", "N": "absent"}),
    Section.MEDICATIONS: ("medication", {"Y": "active", "N": "stopped"}),
    Section.ALLERGIES: ("allergy", {"Y": "present", "N": "absent"}),
}
"""Sections asked as yes, no or unknown: the prefix of their facts, and what an answer says."""
PREFIX = {section.value: prefix for section, (prefix, _) in PRESENCE.items()} | {
    Section.INVESTIGATIONS.value: "investigation",
    Section.LABORATORY.value: "lab",
}
_ENTRY = "Add one entry for each; leave out what is not known."
_LISTS = (
    (Section.PREGNANCIES, Pregnancy, "Every past pregnancy, oldest first."),
    (Section.EMBRYO_TRANSFERS, EmbryoTransfer, "Every embryo transfer, oldest first."),
    (Section.ANTIPHOSPHOLIPID_TESTS, AntiphospholipidTest, "Every antiphospholipid antibody result."),
    (Section.THROMBOTIC_EVENTS, ThromboticEvent, "Every thrombosis."),
    (Section.VITALS, BloodPressure, "Blood pressure readings."),
    (Section.IMMUNISATIONS, Immunisation, "Vaccines given or planned."),
    (Section.PREVIOUS_IVIG, PreviousIvig, "Every earlier immunoglobulin course."),
    (Section.EXPOSURES, Exposure, "Contacts with measles or varicella that are in question."),
)
_PREGNANCY_STATUS = "pregnancy_status"
_OBJECTS = (
    ("current_pregnancy", CurrentPregnancy, "The pregnancy of today.", (_PREGNANCY_STATUS, "pregnant")),
    ("postpartum", Postpartum, "After the birth.", (_PREGNANCY_STATUS, "postpartum")),
    ("plans", Plans, "What is planned.", None),
    ("loss_summary", LossSummary, "Counts, where the list of pregnancies is not known.", None),
    ("planned_ivig", PlannedIvig, "The immunoglobulin order, if there is one.", None),
    ("fetal_alloimmunity", FetalAlloimmunity, "Antibodies against platelets or red cells of the fetus.", None),
    ("corticosteroid_trial", CorticosteroidTrial, "Corticosteroid for low platelets.", None),
    ("neurology", Neurology, "Neurological disease.", None),
)
_GATES = {
    "neurology.guillain_barre": ("condition.guillain_barre_syndrome", "Y"),
    "neurology.myasthenia": ("condition.myasthenia_gravis", "Y"),
}
"""Sections whose mere presence says that a disease was diagnosed: asked, and read, only after that was answered."""
_FACT_OF = {
    "loss_summary.losses": "losses.count_all",
    "loss_summary.clinical_losses": "losses.count_clinical",
    "loss_summary.live_births": "losses.live_births",
    "patient.blood_group": "patient.blood_group",
    "patient.smoker": "patient.smoker",
    "plans.neuraxial_block": "plans.neuraxial_block",
    "current_pregnancy.bleeding": "pregnancy.bleeding",
    "current_pregnancy.intrauterine": "pregnancy.intrauterine",
    "current_pregnancy.plurality": "pregnancy.fetuses",
    "current_pregnancy.gestational_age": "pregnancy.gestation_days",
    "postpartum.days": "pregnancy.postpartum_days",
}
"""Items that ask for one fact take its question and codes."""
_UNITS = {
    "patient.age_years": ("a",),
    "patient.weight_kg": ("kg",),
    "patient.prepregnancy_weight_kg": ("kg",),
    "patient.height_cm": ("cm",),
    "planned_ivig.dose_g_per_kg": ("g/kg",),
    "previous_ivig.dose_g_per_kg": ("g/kg",),
    "vitals.systolic": ("mm[Hg]",),
    "vitals.diastolic": ("mm[Hg]",),
    "corticosteroid_trial.prednisone_mg_per_day": ("mg/d",),
    "pregnancies.fetal_findings.lowest_platelets": ("10*9/L",),
    "postpartum.days": ("d",),
}
_CODES = {
    "patient.weight_kg": (Coding(LOINC, "29463-7", "Body weight"),),
    "patient.height_cm": (Coding(LOINC, "8302-2", "Body height"),),
    _PREGNANCY_STATUS: (Coding(LOINC, "82810-3", "Pregnancy status"),),
    "current_pregnancy.gestational_age": (Coding(LOINC, "18185-9", "Gestational age"),),
    Section.EMBRYO_TRANSFERS.value: (Coding("http://snomed.info/sct", "75456002", "Embryo transfer (procedure)"),),
}
_LEFT_OUT = frozenset(
    {"laboratory.test", "laboratory.comparator", "laboratory.unit", "investigation.code", "immunisations.vaccine"}
)


@cache
def _said() -> Words:
    specs = specifications()
    asked = {link: specs[fact] for link, fact in _FACT_OF.items()}
    texts = {link: spec.question for link, spec in asked.items()}
    codes = {link: spec.codes for link, spec in asked.items() if spec.codes}
    return Words(texts, _UNITS, codes | _CODES, _LEFT_OUT)


@cache
def form() -> tuple[Item, ...]:
    """All sections, in the order in which they are asked."""
    return (
        Item("jurisdiction", specifications()["care.jurisdiction"].question, "string", path=("jurisdiction",)),
        Item("patient", "The patient.", "group", "heading", items=members(Patient, "patient", _said(), ("patient",))),
        _pregnancy_status(),
        *_objects(),
        *(item for section, shape, text in _LISTS for item in _list(section, shape, text)),
        _section("section.laboratory", "Latest results, each with its unit and date.", _tests()),
        _section("section.investigations", "Investigations.", _investigations()),
        *(
            _section(f"section.{section}", f"{section.value.capitalize()}: yes, no or unknown.", _presence(section))
            for section in PRESENCE
        ),
    )


def _section(link: str, text: str, items: Iterator[Item]) -> Item:
    return Item(link, text, "group", "heading", items=tuple(items))


def _pregnancy_status() -> Item:
    system = canonical("code-system", "pregnancy-status")
    options = tuple(Coding(system, item.value, item.value.replace("_", " ").capitalize()) for item in PregnancyStatus)
    return Item(
        _PREGNANCY_STATUS,
        specifications()["pregnancy.pregnant"].question,
        "choice",
        path=(_PREGNANCY_STATUS,),
        options=(*options, UNKNOWN),
        codes=_CODES[_PREGNANCY_STATUS],
    )


def _objects() -> Iterator[Item]:
    for name, shape, text, gate in _OBJECTS:
        items = members(shape, name, _said(), (name,))
        gated = tuple(replace(item, gate=_GATES.get(item.link)) for item in items)
        yield Item(name, text, "group", "heading", items=gated, gate=gate)


def _list(section: Section, shape: type, text: str) -> Iterator[Item]:
    found = listed(shape, section.value, f"{text} {_ENTRY}", _said(), (section.value,))
    if section is Section.IMMUNISATIONS:
        found = replace(found, items=(_vaccine(), *found.items))
    yield found
    yield Item(
        f"complete_sections.{section.value}",
        f"{text} Is this list complete? Yes without any entry says that there was none.",
        "boolean",
        "complete",
        (section.value,),
    )


def _vaccine() -> Item:
    system = canonical("code-system", "vaccine")
    options = tuple(Coding(system, entry.code, entry.title) for entry in entries(Section.IMMUNISATIONS))
    link = Section.IMMUNISATIONS.value
    return Item(
        f"{link}.vaccine", "Which vaccine.", "choice", path=("vaccine",), owner=link, options=options, required=True
    )


def _tests() -> Iterator[Item]:
    for test in TESTS.values():
        link = f"lab.{test.code}"
        units = {f"{link}.value": test.units, f"{link}.upper_limit_of_normal": test.units} if test.units else {}
        left_out = {f"{link}.{name}" for name in ("test", "comparator", "unit")}
        if not test.units:
            left_out |= {f"{link}.value", f"{link}.upper_limit_of_normal"}
        said = Words({}, units, {link: test.codes}, frozenset(left_out))
        found = listed(Laboratory, link, test.question, said, ("laboratory",), {"test": test.code})
        yield replace(
            found,
            items=tuple(replace(item, unit_member="unit") if item.kind == "quantity" else item for item in found.items),
        )


def _investigations() -> Iterator[Item]:
    for entry in entries(Section.INVESTIGATIONS):
        link = f"investigation.{entry.code}"
        said = Words({}, {}, {link: entry.codes}, frozenset({f"{link}.code"}))
        yield listed(Investigation, link, f"{entry.title}.", said, ("investigations",), {"code": entry.code})


def _presence(section: Section) -> Iterator[Item]:
    prefix, _ = PRESENCE[section]
    for entry in entries(section):
        link = f"{prefix}.{entry.code}"
        yield Item(
            link,
            _question(link, entry),
            "choice",
            "presence",
            (section.value,),
            options=(YES, NO, UNKNOWN),
            codes=entry.codes,
            fixed={"code": entry.code},
        )


def _question(link: str, entry: Entry) -> str:
    spec = specifications().get(link)
    return spec.question if spec else f"{entry.title}?"


@cache
def index() -> Mapping[str, Item]:
    """Every item by its link id."""
    return {item.link: item for item in walk(form())}


@cache
def gates() -> Mapping[str, tuple[Gate, ...]]:
    """For each item the answers without which it is not asked: its own, and those of the groups around it."""
    return dict(_gates(form(), ()))


def _gates(items: Iterable[Item], above: tuple[Gate, ...]) -> Iterator[tuple[str, tuple[Gate, ...]]]:
    for item in items:
        own = (*above, item.gate) if item.gate else above
        yield item.link, own
        yield from _gates(item.items, own)


def links_of(rules: RuleSet) -> Mapping[str, tuple[str, ...]]:
    """For each fact the items that can settle it, in the order of the form: what its derivation reads."""
    found: dict[str, set[str]] = {fact: set() for fact in specifications()}
    for read, readers in rules.baseline.readers.items():
        link = _link(read)
        if link in index():
            for fact in readers:
                found[fact].add(link)
    order = {link: place for place, link in enumerate(index())}
    return {fact: tuple(sorted(links, key=order.__getitem__)) for fact, links in found.items()}


def _link(read: tuple[str, ...]) -> str:
    match read:
        case ("history", name):
            return name
        case ("patient", name):
            return f"patient.{name}"
        case ("coded", section, code):
            return f"{PREFIX.get(section, section)}.{code}"
        case _:
            return ""
