"""Questionnaires: the whole history, the questions of one ask-list, and those that one assessment left open."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from app.clinical.assessment import Assessment
from app.clinical.catalogue import Coding
from app.clinical.lens import lens_of
from app.clinical.parts import CodingShape
from app.clinical.rules import AskList
from app.clinical.ruleset import RuleSet
from app.fhir.form import Item, walk
from app.fhir.history_form import form, gates, index, links_of
from app.fhir.names import HISTORY_FORM, UCUM, Json, coding, filled, published, versioned

UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
WORDS = (
    "Answer what is known. What is left out, or answered with unknown, stays unknown; it is never read as no. "
    "Send the QuestionnaireResponse to $assess-ivig."
)
Question = tuple[str, str, Iterable[Coding | CodingShape], Iterable[str]]
"""Id, words, codes, and the facts it asks for."""


def questionnaires(rules: RuleSet) -> dict[str, Callable[[RuleSet], Json]]:
    """How to build each Questionnaire, by id: the whole history, and one for each ask-list."""
    return {HISTORY_FORM: whole, **{item.id: partial(_listed, item) for item in rules.asks}}


def whole(rules: RuleSet) -> Json:
    """Everything that can be said of a history."""
    made = _head(rules, HISTORY_FORM, "History for an IVIG assessment")
    return made | {"item": [_item(item.link) for item in form()]}


def _listed(asked: AskList, rules: RuleSet) -> Json:
    named = ", ".join(item.value.replace("_", " ") for item in asked.applies_to) or "safety"
    made = _head(rules, asked.id, f"Questions: {named}")
    questions: list[Question] = [(item.id, item.question, (), item.facts) for item in asked.questions]
    return made | {"item": list(_questions(rules, questions))}


def open_questions(rules: RuleSet, answer: Assessment) -> Json | None:
    """The questions one assessment left open, most useful first; None where there are none."""
    if not answer.missing:
        return None
    made = _head(rules, f"missing-{answer.id}", "Questions whose answers matter for this assessment")
    del made["url"]
    asked: list[Question] = [(item.id, item.question, item.codes, item.facts) for item in answer.missing]
    return made | {"item": list(_questions(rules, asked))}


def _head(rules: RuleSet, name: str, title: str) -> Json:
    own = name == HISTORY_FORM
    made = published("Questionnaire", name, rules) | {
        "name": f"Ivig{name.title().replace('-', '')}",
        "title": title,
        "description": f"{title}. {WORDS}",
        "derivedFrom": [] if own else [versioned("Questionnaire", HISTORY_FORM, rules)],
        "subjectType": ["Patient"],
    }
    checked: Json = filled(made)
    return checked


def _questions(rules: RuleSet, asked: Iterable[Question]) -> Iterator[Json]:
    """A group for each question, holding the items that settle it; an item is asked for once, where it comes first."""
    links = lens_of(rules, None).keep(("fhir", "links"), lambda: links_of(rules))
    shown: set[str] = set()
    for link, text, codes, facts in asked:
        wanted = dict.fromkeys(item for fact in facts for item in _with_gates(links.get(fact, ())))
        items = [_item(item) for item in wanted if _new(item, shown)]
        rest = "Asked above." if wanted else "Not asked here: no item of this form holds it."
        said = [] if items else [{"linkId": f"{link}-note", "type": "display", "text": rest}]
        codes_of = [coding(item.system, item.code, item.display) for item in codes]
        made: Json = {"linkId": link, "type": "group", "text": text, "item": items or said}
        yield made | ({"code": codes_of} if codes_of else {})


def _with_gates(links: Iterable[str]) -> Iterator[str]:
    """The items, each after those that decide whether it is asked; a list comes with the question whether it is complete."""
    for link in links:
        for inner in walk((index()[link],)):
            yield from (gate for gate, _ in gates()[inner.link])
        yield link
        if f"complete_sections.{link}" in index():
            yield f"complete_sections.{link}"


def _new(link: str, shown: set[str]) -> bool:
    if link in shown:
        return False
    shown.update(item.link for item in walk((index()[link],)))
    return True


@cache
def _item(link: str) -> Json:
    """One item with its members; made once, shared by all Questionnaires, and never changed."""
    item = index()[link]
    made: Json = filled(
        {
            "extension": list(_units(item)),
            "linkId": item.link,
            "code": [coding(code.system, code.code, code.display) for code in item.codes],
            "text": item.text,
            "type": item.kind,
            "enableWhen": [_enabled(item.gate)] if item.gate else [],
            "required": True if item.required else None,
            "repeats": True if item.repeats else None,
            "answerOption": [{"valueCoding": coding(code.system, code.code, code.display)} for code in item.options],
            "item": [_item(inner.link) for inner in item.items],
        }
    )
    return made


def _units(item: Item) -> Iterator[Json]:
    address = UNIT_OPTION if item.kind == "quantity" else UNIT
    for unit in item.units:
        yield {"url": address, "valueCoding": coding(UCUM, unit, unit)}


def _enabled(gate: tuple[str, str]) -> Json:
    link, code = gate
    option = next(option for option in index()[link].options if option.code == code)
    return {"question": link, "operator": "=", "answerCoding": coding(option.system, option.code, option.display)}
