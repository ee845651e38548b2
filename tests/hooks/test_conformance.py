"""The checker catches what it claims to catch: each mutant of a good answer is one fault, and it is found."""

from copy import deepcopy

import pytest

from tests.hooks.conformance import discovery_faults, faults

GOOD = {
    "cards": [
        {
            "uuid": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
            "summary": "Short",
            "detail": "**Found**\n\n- IgA \\< 5",
            "indicator": "warning",
            "source": {
                "label": "ivig-cds",
                "url": "https://cds.example/about",
                "topic": {"system": "urn:x", "code": "ivigdose", "display": "Dose"},
            },
            "suggestions": [
                {
                    "label": "Order IgA",
                    "uuid": "5f9b1b9c-0d1e-4f0a-8d75-5d0a7f6b1a11",
                    "actions": [
                        {
                            "type": "create",
                            "description": "Draft order",
                            "resource": {
                                "resourceType": "ServiceRequest",
                                "status": "draft",
                                "intent": "order",
                                "code": {"text": "IgA"},
                                "subject": {"reference": "Patient/p1"},
                            },
                        }
                    ],
                }
            ],
            "selectionBehavior": "any",
            "overrideReasons": [{"system": "urn:x", "code": "no", "display": "No"}],
            "links": [{"label": "Evidence", "url": "https://cds.example/v1/evidence/x", "type": "absolute"}],
        }
    ]
}
CARD = ("cards", 0)
OFFER = (*CARD, "suggestions", 0)
ACTION = (*OFFER, "actions", 0)
LINK = (*CARD, "links", 0)
SOURCE = (*CARD, "source")
GONE = object()
AGAIN = object()

MUTANTS = [
    (("cards",), GONE, "cards-required"),
    (("cards",), "x", "cards-required"),
    (("systemActions",), [{"type": "create"}], "own-no-system-actions"),
    (("other",), 1, "unknown-member"),
    ((*CARD, "summary"), GONE, "summary-required"),
    ((*CARD, "summary"), "", "empty"),
    ((*CARD, "summary"), "x" * 140, "summary-length"),
    ((*CARD, "summary"), "\U0001f600" * 70, "summary-length"),
    ((*CARD, "summary"), "a\nb", "own-one-line-summary"),
    ((*CARD, "summary"), "for {{context.patientId}}", "unresolved-token"),
    ((*CARD, "detail"), "<b>x</b>", "own-no-html"),
    ((*CARD, "detail"), 7, "detail-markdown"),
    ((*CARD, "detail"), None, "empty"),
    ((*CARD, "indicator"), "error", "indicator"),
    ((*CARD, "indicator"), GONE, "indicator"),
    ((*CARD, "uuid"), GONE, "uuid"),
    ((*CARD, "uuid"), "4711", "uuid"),
    ((*CARD, "colour"), "red", "unknown-member"),
    (("cards", 1), AGAIN, "uuid-unique"),
    (("cards", 1), AGAIN, "own-one-card-a-topic"),
    (SOURCE, GONE, "source-required"),
    ((*SOURCE, "label"), GONE, "label-required"),
    ((*SOURCE, "url"), "/about", "url-absolute"),
    ((*SOURCE, "icon"), "icon.png", "icon-absolute"),
    ((*SOURCE, "topic", "code"), "ivig-dose", "own-topic-alphanumeric"),
    ((*CARD, "selectionBehavior"), GONE, "cds-resp-6"),
    ((*CARD, "selectionBehavior"), "all", "selection-behavior"),
    ((*CARD, "selectionBehavior"), "at-most-one", "own-selection-any"),
    ((*CARD, "suggestions"), [], "empty"),
    ((*OFFER, "label"), GONE, "label-required"),
    ((*OFFER, "uuid"), GONE, "uuid"),
    ((*OFFER, "uuid"), "4e0a3a1e-3283-4575-ab82-028d55fe2719", "uuid-unique"),
    ((*OFFER, "actionSelectionBehavior"), "some", "cds-resp-7"),
    ((*OFFER, "actionSelectionBehavior"), "any", "own-no-action-selection"),
    ((*OFFER, "actions"), GONE, "own-one-action"),
    ((*OFFER, "actions", 1), AGAIN, "own-one-action"),
    ((*ACTION, "type"), "add", "action-type"),
    ((*ACTION, "description"), GONE, "cds-resp-5"),
    ((*ACTION, "resource"), GONE, "cds-resp-2"),
    ((*ACTION, "type"), "delete", "delete-resource-id"),
    ((*ACTION, "resource", "resourceType"), GONE, "resource-type"),
    ((*ACTION, "resource", "id"), "1", "create-without-id"),
    ((*ACTION, "resource", "status"), "active", "own-draft"),
    ((*ACTION, "resource", "subject"), GONE, "service-request-subject"),
    ((*ACTION, "resource", "encounter"), None, "empty"),
    ((*CARD, "overrideReasons", 0, "display"), GONE, "cds-resp-4"),
    ((*CARD, "overrideReasons", 0, "code"), GONE, "own-coded-override"),
    ((*LINK, "label"), GONE, "label-required"),
    ((*LINK, "url"), "v1/evidence/x", "url-absolute"),
    ((*LINK, "type"), "web", "link-type"),
    ((*LINK, "appContext"), "x", "cds-resp-3"),
    ((*LINK, "autolaunchable"), True, "own-no-autolaunch"),
]


def mutated(good, path, value):
    answer = deepcopy(good)
    part = answer
    for step in path[:-1]:
        part = part[step]
    if value is GONE:
        del part[path[-1]]
    elif value is AGAIN:
        part.append(deepcopy(part[0]))
    else:
        part[path[-1]] = value
    return answer


def test_e18_the_good_answer_is_good():
    assert faults(GOOD) == []
    assert faults({"cards": []}) == []


@pytest.mark.parametrize(("path", "value", "code"), MUTANTS)
def test_each_fault_is_found(path, value, code):
    found = faults(mutated(GOOD, path, value))
    assert code in {fault.partition(" ")[0] for fault in found}


def test_two_recommended_suggestions_exclude_each_other():
    answer = mutated(GOOD, (*OFFER, "isRecommended"), True)
    answer = mutated(answer, (*CARD, "suggestions", 1), AGAIN)
    answer = mutated(answer, (*CARD, "selectionBehavior"), "at-most-one")
    assert any(fault.startswith("cds-resp-1") for fault in faults(answer))


SERVICES = {
    "services": [
        {
            "hook": "patient-view",
            "id": "a",
            "description": "d",
            "prefetch": {"p": "Patient/{{context.patientId}}", "c": "Condition?patient={{context.patientId}}&_count=9"},
        }
    ]
}
SERVICE = ("services", 0)
DISCOVERY_MUTANTS = [
    (("services",), GONE, "services-required"),
    ((*SERVICE, "hook"), GONE, "hook-required"),
    ((*SERVICE, "id"), GONE, "id-required"),
    ((*SERVICE, "description"), GONE, "description-required"),
    ((*SERVICE, "title"), "", "empty"),
    ((*SERVICE, "prefetch", "p"), "Patient/{{context.patient}}", "plain-tokens"),
    ((*SERVICE, "prefetch", "p"), "Patient/{{context.draftOrders.MedicationRequest}}", "plain-tokens"),
    ((*SERVICE, "prefetch", "p"), "Observation?date=ge{{today()}}", "plain-tokens"),
    ((*SERVICE, "prefetch", "c"), "Condition?patient.name=x", "query-subset"),
    ((*SERVICE, "prefetch", "c"), "Condition?code=" + "x" * 2000, "own-template-length"),
    (("services", 1), AGAIN, "id-unique"),
]


@pytest.mark.parametrize(("path", "value", "code"), DISCOVERY_MUTANTS)
def test_each_fault_of_discovery_is_found(path, value, code):
    assert discovery_faults(SERVICES) == []
    found = discovery_faults(mutated(SERVICES, path, value))
    assert code in {fault.partition(" ")[0] for fault in found}
