"""Golden conversations: a chart, a moment, and what the cards must say of it; each goes the whole way over HTTP."""

import json
from pathlib import Path

import pytest

from app.clinical.history import Indication
from app.fhir import terminology
from app.fhir.terminology import terminology_of
from tests.hooks.conformance import faults
from tests.hooks.ehr import Ehr, overridden
from tests.hooks.site import mapped

FOLDER = Path(__file__).parent / "conversations"
CONVERSATIONS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


@pytest.fixture(scope="module")
def as_mapped(service):
    """The terminology as a site extends it in its own rule set."""
    return mapped(terminology_of(service.app.state.context.rules))


@pytest.fixture
def hold(service, as_mapped, monkeypatch):
    """Hold a conversation: the response and its cards."""

    def one(conversation):
        with monkeypatch.context() as patched:
            if conversation.get("mapped_by_site"):
                digest = service.app.state.context.rules.digest
                patched.setitem(terminology._COMPILED, digest, as_mapped)
            return held(conversation, service)

    return one


def held(conversation, service):
    response = Ehr(service, conversation["resources"]).fire(conversation["service"], conversation["context"])
    return response, response.json().get("cards", [])


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_e16_e18_the_cards_are_those_expected(hold, name):
    conversation = CONVERSATIONS[name]
    response, cards = hold(conversation)
    assert response.status_code == 200
    assert faults(response.json()) == []
    expected = conversation["expect"]
    assert [(card["source"]["topic"]["code"], card["indicator"]) for card in cards] == [
        (item["topic"], item["indicator"]) for item in expected
    ]
    for card, item in zip(cards, expected, strict=True):
        said = (card["summary"] + card["detail"]).replace("\\", "")
        assert [words for words in item["says"] if words not in said] == []
        assert [offer["label"] for offer in card.get("suggestions", [])] == item.get("suggests", [])
        if "not_before" in item:
            dates = [offer["actions"][0]["resource"].get("occurrenceDateTime") for offer in card["suggestions"]]
            assert item["not_before"] in dates


@pytest.mark.parametrize("name", [name for name, item in CONVERSATIONS.items() if item["expect"]])
def test_feedback_finds_every_card(service, hold, name):
    conversation = CONVERSATIONS[name]
    response, cards = hold(conversation)
    assert response.status_code == 200
    sent = Ehr(service, []).feedback(
        conversation["service"], *(overridden(card, "cds-not-applicable") for card in cards)
    )
    assert sent.status_code == 200


def test_every_hook_is_held_for_every_core_indication():
    held_for = {tuple(name.split("-", 1)) for name in CONVERSATIONS}
    assert held_for >= {(part, hook) for part in ("rpl", "aps", "rif", "pe") for hook in ("view", "select", "sign")}


OTHERS = {
    "fnait", "gald", "hdfn", "itp", "anti-ro", "cmv", "parvovirus", "measles", "varicella", "immunodeficiency",
    "guillain-barre", "myasthenia", "transfusion-purpura", "catastrophic-aps", "ttp", "streptococcal", "dermatomyositis",
}  # fmt: skip


def test_every_other_indication_has_its_conversation():
    """One for each indication beside the core; those that no chart can carry are asked for."""
    assert len(OTHERS) + len(("rpl", "aps", "rif", "pe")) == len(Indication)
    for part in OTHERS:
        assert any(name.startswith(f"{part}-") for name in CONVERSATIONS), part


def test_critical_is_for_absolute_contraindications_only(hold):
    for conversation in CONVERSATIONS.values():
        for card in hold(conversation)[1]:
            assert (card["indicator"] == "critical") == (card["source"]["topic"]["code"] == "ivigcontraindication")


def test_signing_says_what_selecting_said_under_the_same_topics(service):
    for part in ("rpl", "aps", "rif", "pe"):
        selected = held(CONVERSATIONS[f"{part}-select"], service)[1]
        signed = {card["source"]["topic"]["code"]: card for card in held(CONVERSATIONS[f"{part}-sign"], service)[1]}
        for card in selected:
            topic = card["source"]["topic"]["code"]
            assert topic in signed
            if topic != "ivigdose":
                assert signed[topic]["detail"] == card["detail"]
